package dev.weir.service.delegation.store;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalConnectionFactoryConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Pools of connections that can be made while the database is away. */
public final class Databases {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private Databases() {}

  /**
   * @param url {@code jdbc:h2:...} or {@code jdbc:postgresql:...}
   */
  public static AgroalDataSource open(
      String url, Optional<String> user, Optional<String> password) {
    boolean postgresql = url.startsWith("jdbc:postgresql:");
    if (!postgresql && !url.startsWith("jdbc:h2:")) {
      throw new IllegalArgumentException(
          "the database URL must start with jdbc:postgresql: or jdbc:h2:");
    }
    String driver = postgresql ? "org.postgresql.Driver" : "org.h2.Driver";
    try {
      return AgroalDataSource.from(
          new AgroalDataSourceConfigurationSupplier()
              .connectionPoolConfiguration(
                  pool ->
                      pool.initialSize(0)
                          .minSize(0)
                          .maxSize(8)
                          .acquisitionTimeout(PATIENCE)
                          // Without a validator every connection is taken for a good one, even
                          // one that its database has closed.
                          .connectionValidator(
                              ConnectionValidator.defaultValidatorWithTimeout(
                                  (int) PATIENCE.toSeconds()))
                          .validateOnBorrow(true)
                          .connectionFactoryConfiguration(
                              factory ->
                                  connect(factory, url, driver, postgresql, user, password))));
    } catch (SQLException e) {
      throw new IllegalStateException("the pool cannot be made", e);
    }
  }

  private static AgroalConnectionFactoryConfigurationSupplier connect(
      AgroalConnectionFactoryConfigurationSupplier factory,
      String url,
      String driver,
      boolean postgresql,
      Optional<String> user,
      Optional<String> password) {
    factory.connectionProviderClassName(driver).jdbcUrl(url).loginTimeout(PATIENCE);
    if (postgresql) {
      // A database that hangs must not hang the token answers.
      factory.jdbcProperty("connectTimeout", "2");
      factory.jdbcProperty("socketTimeout", "3");
      factory.jdbcProperty("ApplicationName", "weir");
    }
    user.ifPresent(name -> factory.principal(new NamePrincipal(name)));
    password.ifPresent(secret -> factory.credential(new SimplePassword(secret)));
    return factory;
  }
}
