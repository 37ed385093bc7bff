package dev.weir.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every CEL rule against examples that it allows and examples that it refuses. The same rows run on
 * a real API server in the cluster tier.
 */
class CelRulesTest {
  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("self", SimpleType.DYN)
          .addVar("oldSelf", SimpleType.DYN)
          .setResultType(SimpleType.BOOL)
          .build();

  /** A rule and where in the spec it is. */
  record Rule(String plural, List<String> path, String message, String expression) {
    @Override
    public String toString() {
      return plural + " spec" + path + ": " + message;
    }
  }

  static Stream<Rule> rules() {
    List<Rule> rules = new ArrayList<>();
    for (String plural : CrdYaml.PLURALS) {
      collect(plural, CrdYaml.of(plural).schema().at("/properties/spec"), List.of(), rules);
    }
    return rules.stream();
  }

  private static void collect(String plural, JsonNode schema, List<String> path, List<Rule> into) {
    schema
        .path("x-kubernetes-validations")
        .forEach(
            rule ->
                into.add(
                    new Rule(
                        plural, path, rule.path("message").asText(), rule.path("rule").asText())));
    schema
        .path("properties")
        .properties()
        .forEach(
            property -> {
              List<String> below = new ArrayList<>(path);
              below.add(property.getKey());
              collect(plural, property.getValue(), below, into);
            });
  }

  @ParameterizedTest
  @MethodSource("rules")
  void allowsAndRefusesWhatItsRowsSay(Rule rule) throws Exception {
    List<RuleRow> rows =
        RuleRow.of(rule.plural()).stream()
            .filter(row -> row.message().equals(rule.message()))
            .toList();
    assertThat(rows).as("rows with a valid spec").anyMatch(row -> row.valid() != null);
    assertThat(rows).as("rows with an invalid spec").anyMatch(row -> row.invalid() != null);
    for (RuleRow row : rows) {
      if (row.valid() != null) {
        assertThat(holds(rule, row.valid(), row.old())).as("valid: %s", row.valid()).isTrue();
      }
      if (row.invalid() != null) {
        assertThat(holds(rule, row.invalid(), row.old()))
            .as("invalid: %s", row.invalid())
            .isFalse();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"homeservers", "sfupools", "sfupeers"})
  void everyRowFitsTheSchemaAndBreaksOneRuleOnly(String plural) throws Exception {
    JsonNode schema = CrdYaml.of(plural).schema().at("/properties/spec");
    List<Rule> rules = rules().filter(rule -> rule.plural().equals(plural)).toList();
    for (RuleRow row : RuleRow.of(plural)) {
      assertThat(rules)
          .as("a rule for the row")
          .anyMatch(rule -> rule.message().equals(row.message()));
      for (ObjectNode spec :
          Stream.of(row.old(), row.valid(), row.invalid()).filter(Objects::nonNull).toList()) {
        ObjectNode complete = spec.deepCopy();
        Schema.applyDefaults(schema, complete);
        assertThat(Schema.problems(schema, complete)).as("%s", spec).isEmpty();
        for (Rule rule : rules) {
          boolean allowed = spec == row.invalid() && rule.message().equals(row.message());
          assertThat(allowed || holds(rule, spec, spec == row.old() ? null : row.old()))
              .as("%s on %s", rule, spec)
              .isTrue();
        }
      }
    }
  }

  private static boolean holds(Rule rule, ObjectNode spec, @Nullable ObjectNode old)
      throws CelValidationException, CelEvaluationException {
    boolean aboutChange = rule.expression().contains("oldSelf");
    if (aboutChange && old == null) {
      return true;
    }
    JsonNode schema = CrdYaml.of(rule.plural()).schema().at("/properties/spec");
    JsonNode self = at(schema, spec, rule.path());
    if (self.isMissingNode()) {
      return true;
    }
    Map<String, Object> variables = new HashMap<>();
    variables.put("self", plain(self));
    if (aboutChange && old != null) {
      variables.put("oldSelf", plain(at(schema, old, rule.path())));
    }
    return (Boolean)
        CelRuntimeFactory.standardCelRuntimeBuilder()
            .build()
            .createProgram(COMPILER.compile(rule.expression()).getAst())
            .eval(variables);
  }

  private static JsonNode at(JsonNode schema, ObjectNode spec, List<String> path) {
    JsonNode value = spec.deepCopy();
    Schema.applyDefaults(schema, value);
    for (String step : path) {
      value = value.path(step);
    }
    return value;
  }

  private static Object plain(JsonNode node) {
    return widen(new ObjectMapper().convertValue(node, Object.class));
  }

  /** CEL has one kind of integer, of 64 bits. */
  private static Object widen(Object value) {
    if (value instanceof Integer number) {
      return number.longValue();
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> wide = new HashMap<>();
      map.forEach((key, item) -> wide.put(key, widen(item)));
      return wide;
    }
    return value instanceof List<?> list ? list.stream().map(CelRulesTest::widen).toList() : value;
  }
}
