package dev.weir.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** An answer of the router; header names are in lower case. */
record Reply(int status, Map<String, String> headers, String body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  JsonNode json() {
    return parse(body);
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + text, e);
    }
  }

  /** The claims of the token in the answer. */
  JsonNode claims() {
    String jwt = json().path("jwt").asText();
    assertThat(jwt).as("jwt in %s", body).contains(".");
    return parse(new String(Base64.getUrlDecoder().decode(jwt.split("\\.")[1])));
  }

  Reply isError(int status, String errcode) {
    assertThat(this.status).as(body).isEqualTo(status);
    assertThat(json().path("errcode").asText()).isEqualTo(errcode);
    assertThat(json().path("error").asText()).isNotEmpty();
    assertThat(header("content-type")).contains("application/json");
    return this;
  }

  Reply isOk() {
    assertThat(status).as(body).isEqualTo(200);
    return this;
  }

  Reply isReadableByBrowsers() {
    assertThat(header("access-control-allow-origin")).contains("*");
    assertThat(header("access-control-allow-methods")).contains("POST");
    assertThat(header("access-control-allow-headers"))
        .contains("Accept, Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token");
    return this;
  }
}
