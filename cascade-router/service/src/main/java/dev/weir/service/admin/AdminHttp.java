package dev.weir.service.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** Pages and JSON on the management port, which is for admins and never for clients. */
@Singleton
public final class AdminHttp {
  private static final Logger LOG = Logger.getLogger(AdminHttp.class);
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

  private final Overviews overviews;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  AdminHttp(Overviews overviews) {
    this.overviews = overviews;
  }

  void register(@Observes ManagementInterface management) {
    var router = management.router();
    router.get("/").handler(answer("text/html", context -> StatusPage.render(overviews.now())));
    router
        .get("/weir/v1/sessions")
        .handler(answer("application/json", context -> json(sessions(context))));
    router
        .get("/weir/v1/explain")
        .handler(answer("application/json", context -> json(explain(context))));
  }

  private Object sessions(RoutingContext context) {
    Overview all = overviews.now();
    List<String> wanted = context.queryParam("server_name");
    return wanted.isEmpty()
        ? all
        : new Overview(
            all.at(),
            all.replica(),
            all.sites().stream().filter(site -> wanted.contains(site.serverName())).toList());
  }

  private Object explain(RoutingContext context) {
    List<String> room = context.queryParam("room_id");
    if (room.isEmpty()) {
      throw new IllegalArgumentException("room_id is missing");
    }
    return Map.of("slots", overviews.room(room.getFirst()));
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private Handler<RoutingContext> answer(String type, Function<RoutingContext, String> page) {
    return context ->
        threads.execute(
            () -> {
              try {
                String body = page.apply(context);
                context
                    .response()
                    .putHeader("content-type", type + "; charset=utf-8")
                    .putHeader("cache-control", "no-store")
                    .end(body);
              } catch (IllegalArgumentException e) {
                context.response().setStatusCode(400).end(e.getMessage() + "\n");
              } catch (RuntimeException e) {
                LOG.warn("event=admin-page-failed", e);
                context.response().setStatusCode(500).end();
              }
            });
  }
}
