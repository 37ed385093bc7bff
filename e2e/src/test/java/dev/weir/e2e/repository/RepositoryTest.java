package dev.weir.e2e.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Habits of this repository that no compiler holds. */
class RepositoryTest {
  /** kubectl runs it from its single source file (docs/adr/0083). */
  private static final String PLUGIN = "cli/src/main/java/dev/weir/cli/KubectlWeir.java";

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)[^)]*\\)");
  private static final Pattern WEIR = Pattern.compile("\\./weir ([a-z]+)");
  private static final int LONGEST_SOURCE = 400;
  private static final int LONGEST_TEST = 500;

  private static List<Path> files;

  @BeforeAll
  static void listFiles() throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            boolean ours =
                folder.equals(ROOT)
                    || !(name.equals("target")
                        || name.startsWith(".")
                        || name.equals("node_modules"));
            return ours ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            found.add(file);
            return FileVisitResult.CONTINUE;
          }
        });
    files = found;
  }

  @Test
  void everyPackageSaysWhatHappensThere() {
    Set<String> silent = new TreeSet<>();
    for (Path source : ending(".java")) {
      if (source.toString().contains("/src/main/java/")
          && !Files.exists(source.resolveSibling("package-info.java"))) {
        silent.add(ROOT.relativize(source.getParent()).toString());
      }
    }
    assertThat(silent).as("packages without package-info.java").isEmpty();
  }

  @Test
  void noSourceIsTooLongToReadAtOnce() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path source : ending(".java")) {
      if (source.equals(ROOT.resolve(PLUGIN))) {
        continue;
      }
      long lines = read(source).lines().count();
      int longest = source.toString().contains("/src/test/") ? LONGEST_TEST : LONGEST_SOURCE;
      if (lines > longest) {
        tooLong.add(ROOT.relativize(source) + ": " + lines);
      }
    }
    assertThat(tooLong)
        .as("sources of more than %d lines, tests of more than %d", LONGEST_SOURCE, LONGEST_TEST)
        .isEmpty();
  }

  @Test
  void everyLinkInTheDocumentationLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : ending(".md")) {
      Matcher link = LINK.matcher(read(page));
      while (link.find()) {
        String target = link.group(1);
        if (!target.contains("://") && !Files.exists(page.resolveSibling(target))) {
          broken.add(ROOT.relativize(page) + " -> " + target);
        }
      }
    }
    assertThat(broken).as("broken links").isEmpty();
  }

  @Test
  void theIndexOfDecisionsIsComplete() throws IOException {
    String index = read(ROOT.resolve("docs/adr/README.md"));
    List<String> missing =
        ending(".md").stream()
            .filter(page -> page.startsWith(ROOT.resolve("docs/adr")))
            .map(page -> page.getFileName().toString())
            .filter(name -> !name.equals("README.md") && !index.contains("(" + name + ")"))
            .toList();
    assertThat(missing).as("decisions that docs/adr/README.md does not list").isEmpty();
  }

  @Test
  void theDocumentationNamesOnlyCommandsThatExist() throws IOException {
    String help = read(ROOT.resolve("e2e/tools/help.sh"));
    List<String> unknown = new ArrayList<>();
    for (Path page : ending(".md")) {
      Matcher command = WEIR.matcher(read(page));
      while (command.find()) {
        if (!help.contains("  " + command.group(1) + ") cat") && !command.group(1).equals("help")) {
          unknown.add(ROOT.relativize(page) + ": ./weir " + command.group(1));
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void scriptsHaveNoSyntaxErrors() throws IOException, InterruptedException {
    List<Path> scripts = new ArrayList<>(ending(".sh"));
    scripts.add(ROOT.resolve("weir"));
    scripts.add(ROOT.resolve("mvnw"));
    for (Path script : scripts) {
      String shell = read(script).startsWith("#!/usr/bin/env bash") ? "bash" : "sh";
      Process check = new ProcessBuilder(shell, "-n", script.toString()).inheritIO().start();
      assertThat(check.waitFor()).as("%s -n %s", shell, script).isZero();
    }
  }

  private static List<Path> ending(String ending) {
    return files.stream().filter(file -> file.toString().endsWith(ending)).toList();
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
