package dev.weir.session.name;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.session.CodePoints;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Matrix canonical JSON: keys by code point, no white space, the shortest escapes, integers only.
 */
public final class CanonicalJson {
  private static final BigInteger MAX = BigInteger.TWO.pow(53).subtract(BigInteger.ONE);
  private static final String HEX = "0123456789abcdef";

  private CanonicalJson() {}

  /** Encodes an array of strings, the only shape that names are made of. */
  public static String ofStrings(String... values) {
    StringBuilder out = new StringBuilder(64).append('[');
    for (int i = 0; i < values.length; i++) {
      if (i > 0) {
        out.append(',');
      }
      string(values[i], out);
    }
    return out.append(']').toString();
  }

  /** Encodes any tree; throws IllegalArgumentException on what canonical JSON cannot hold. */
  public static String of(JsonNode node) {
    StringBuilder out = new StringBuilder();
    write(node, out);
    return out.toString();
  }

  private static void write(JsonNode node, StringBuilder out) {
    switch (node.getNodeType()) {
      case OBJECT -> object(node, out);
      case ARRAY -> {
        out.append('[');
        for (int i = 0; i < node.size(); i++) {
          if (i > 0) {
            out.append(',');
          }
          write(node.get(i), out);
        }
        out.append(']');
      }
      case STRING -> string(node.textValue(), out);
      case NUMBER -> out.append(integer(node.decimalValue()));
      case BOOLEAN -> out.append(node.booleanValue());
      case NULL -> out.append("null");
      default -> throw new IllegalArgumentException("no JSON value: " + node.getNodeType());
    }
  }

  private static void object(JsonNode node, StringBuilder out) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    names.sort(CodePoints::compare);
    out.append('{');
    String separator = "";
    for (String name : names) {
      out.append(separator);
      string(name, out);
      out.append(':');
      write(node.get(name), out);
      separator = ",";
    }
    out.append('}');
  }

  private static String integer(BigDecimal value) {
    // A short text such as 1e999999999 must not become a gigabyte of digits.
    if (value.precision() - (long) value.scale() > 16) {
      throw new IllegalArgumentException("number out of range");
    }
    BigInteger whole;
    try {
      whole = value.toBigIntegerExact();
    } catch (ArithmeticException notWhole) {
      throw new IllegalArgumentException("fractions have no canonical form", notWhole);
    }
    if (whole.abs().compareTo(MAX) > 0) {
      throw new IllegalArgumentException("number out of range");
    }
    return whole.toString();
  }

  private static void string(String value, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
