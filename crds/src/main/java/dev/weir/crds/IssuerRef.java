package dev.weir.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A cert-manager issuer. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record IssuerRef(
    @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the issuer.") String name,
    @Default("Issuer") @JsonPropertyDescription("Issuer or ClusterIssuer.") String kind,
    @Default("cert-manager.io") @JsonPropertyDescription("API group of the issuer.") String group) {
  public IssuerRef {
    kind = kind == null ? "Issuer" : kind;
    group = group == null ? "cert-manager.io" : group;
  }
}
