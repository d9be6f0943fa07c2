package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Daemon;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Http;
import dev.berth.e2e.harness.Ports;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PrometheusIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(ClusterPlan.of(1), "prometheus", "promtool");

  @BeforeEach
  void theDemoRuns() {
    Cluster cluster = CLUSTER.get();
    if (cluster.containers("web").isEmpty()) {
      cluster.cli().output("run", "-d", "--name", "web", "--replicas", "2", "berth/demo");
    }
    Eventually.until("two run", () -> cluster.api().running("web").size(), n -> n == 2);
  }

  private static String controllerUrl() {
    return "http://" + CLUSTER.get().controller().metrics() + "/metrics";
  }

  private static String agentUrl() {
    return "http://" + CLUSTER.get().host().agent().metrics() + "/metrics";
  }

  @Test
  void aRealPrometheusScrapesBothAndKnowsTheDemosMemory() {
    Cluster cluster = CLUSTER.get();
    int port = Ports.free();
    Path config =
        cluster
            .work()
            .file(
                "prometheus.yml",
                """
                global: {scrape_interval: 1s}
                scrape_configs:
                  - job_name: berth
                    static_configs:
                      - targets: ["%s", "%s"]
                """
                    .formatted(cluster.controller().metrics(), cluster.host().agent().metrics()));
    List<String> command =
        List.of(
            "prometheus",
            "--config.file=" + config,
            "--storage.tsdb.path=" + cluster.work().directory("prometheus"),
            "--web.listen-address=127.0.0.1:" + port);
    try (Daemon prometheus =
        Daemon.start(cluster.work().path(), "prometheus-log", command, Map.of())) {
      Eventually.until(
          "both are up: " + prometheus.pid(),
          () -> query(port, "sum(up{job=\"berth\"})"),
          answer -> answer.contains("\"2\"]"));
      String memory =
          Eventually.until(
              "the demo's memory",
              () ->
                  query(
                      port,
                      "berth_instance_memory_bytes{namespace=\"default\",workload=\"web\","
                          + "slot=\"web.1\",kind=\"container\",node=\"host-1\"} > 50000"),
              answer -> answer.contains("\"value\""));
      assertTrue(memory.contains("\"status\":\"success\""), memory);
      Eventually.until(
          "the controller's count of instances",
          () -> query(port, "sum(berth_instances{state=~\"(?i)running\"})"),
          answer -> answer.contains("\"2\"]"));
    }
  }

  @Test
  void promtoolFindsNothingToSay() {
    for (String url : List.of(controllerUrl(), agentUrl())) {
      CommandResult result =
          Command.of("promtool", "check", "metrics").reading(Http.get(url)).run();
      assertEquals(0, result.exitCode(), url + ": " + result);
      assertEquals("", result.out() + result.err(), url);
    }
  }

  @Test
  void whatIsPromisedIsThere() {
    String controller = Http.get(controllerUrl());
    for (String name :
        List.of(
            "berth_loop_queue_seconds",
            "berth_loop_decision_seconds",
            "berth_loop_commit_seconds",
            "berth_placements_total",
            "berth_instances",
            "berth_sessions",
            "berth_store_commit_seconds",
            "jvm_memory_used_bytes")) {
      assertTrue(controller.contains("# TYPE " + name + " "), name);
    }
    Eventually.until(
        "the agent's metrics",
        () -> Http.get(agentUrl()),
        agent ->
            Stream.of(
                    "berth_driver_call_seconds",
                    "berth_instance_cpu_seconds_total",
                    "berth_instance_memory_bytes",
                    "berth_instance_network_receive_bytes_total",
                    "berth_instance_network_transmit_bytes_total",
                    "berth_instance_restarts_total",
                    "jvm_memory_used_bytes")
                .allMatch(name -> agent.contains("# TYPE " + name + " ")));
  }

  private static String query(int port, String promql) {
    return Http.get(
        "http://127.0.0.1:"
            + port
            + "/api/v1/query?query="
            + URLEncoder.encode(promql, StandardCharsets.UTF_8));
  }
}
