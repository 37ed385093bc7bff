package dev.weir.e2e.call;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Screenshots for people. */
final class Pictures {
  private static final int GAP = 12;

  private Pictures() {}

  /** What each of them sees, as {@code target/WHEN-NAME.png}. */
  static void of(List<CallUser> people, String when) {
    for (CallUser person : people) {
      String name = person.name().substring(1, person.name().indexOf(':'));
      person.screenshot(Path.of("target", when + "-" + name + ".png"));
    }
  }

  /** What two people see at the same time. */
  static void sideBySide(Path left, Path right, Path file) throws IOException {
    BufferedImage first = ImageIO.read(left.toFile());
    BufferedImage second = ImageIO.read(right.toFile());
    BufferedImage both =
        new BufferedImage(
            first.getWidth() + GAP + second.getWidth(),
            Math.max(first.getHeight(), second.getHeight()),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = both.createGraphics();
    canvas.drawImage(first, 0, 0, null);
    canvas.drawImage(second, first.getWidth() + GAP, 0, null);
    canvas.dispose();
    ImageIO.write(both, "png", file.toFile());
  }
}
