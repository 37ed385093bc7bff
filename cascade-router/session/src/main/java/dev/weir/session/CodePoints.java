package dev.weir.session;

/** Order of strings by code point, which is the order that every site can agree on. */
public final class CodePoints {
  private CodePoints() {}

  /**
   * Java compares UTF-16 units, and so puts an emoji before U+FFFD; canonical JSON and our ties do
   * not.
   */
  public static int compare(String a, String b) {
    int shared = Math.min(a.length(), b.length());
    for (int i = 0; i < shared; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean surrogateX = Character.isSurrogate(x);
        if (surrogateX != Character.isSurrogate(y)) {
          return surrogateX ? 1 : -1;
        }
        return Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
