package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// A daemon whose containers run nothing: enough of Docker for an agent to take instances through
/// their whole life. The build starts this from source and trains the start-up caches against it,
/// on machines where no real daemon runs.
public final class TrainingDaemon {
  private record Box(String id, ObjectNode labels, String state) {}

  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, Box> boxes = new ConcurrentHashMap<>();
  private final List<OutputStream> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong last = new AtomicLong();

  private TrainingDaemon() {}

  /// Prints its address and answers until its input ends.
  public static void main(String[] arguments) throws IOException {
    TrainingDaemon daemon = new TrainingDaemon();
    try (FakeDocker docker = new FakeDocker()) {
      daemon.answerOn(docker);
      System.out.println(docker.host());
      var _ = System.in.readAllBytes();
    }
    System.exit(0);
  }

  private void answerOn(FakeDocker docker) {
    docker
        .on(
            "GET /version",
            _ -> FakeDocker.json(200, "{\"Version\":\"0\",\"ApiVersion\":\"1.41\"}"))
        .on("GET /info", _ -> FakeDocker.json(200, "{\"ServerVersion\":\"0\",\"Driver\":\"none\"}"))
        .on("GET /events", _ -> this::listen)
        .on("GET /containers/json", _ -> FakeDocker.json(200, list()))
        .on("POST /containers/create", this::create)
        .on("GET /containers/", request -> inspect(id(request)))
        .on("POST /containers/", this::act)
        .on("DELETE /containers/", this::remove);
  }

  private static String id(FakeDocker.Request request) {
    return request.path().split("/", -1)[2];
  }

  private FakeDocker.Answer create(FakeDocker.Request request) {
    String id = "%064x".formatted(last.incrementAndGet());
    boxes.put(id, new Box(id, (ObjectNode) read(request.body()).path("Labels"), "created"));
    return FakeDocker.json(201, "{\"Id\":\"" + id + "\",\"Warnings\":[]}");
  }

  private FakeDocker.Answer act(FakeDocker.Request request) {
    Box box = boxes.get(id(request));
    if (box == null) {
      return FakeDocker.refusal(404, "No such container");
    }
    boolean start = request.path().endsWith("/start");
    boxes.put(box.id(), new Box(box.id(), box.labels(), start ? "running" : "exited"));
    tell(box, start ? "start" : "die");
    return FakeDocker.text(204, "");
  }

  private FakeDocker.Answer remove(FakeDocker.Request request) {
    Box box = boxes.remove(id(request));
    if (box == null) {
      return FakeDocker.refusal(404, "No such container");
    }
    tell(box, "destroy");
    return FakeDocker.text(204, "");
  }

  private FakeDocker.Answer inspect(String id) {
    Box box = boxes.get(id);
    return box == null
        ? FakeDocker.refusal(404, "No such container")
        : FakeDocker.json(200, inspection(box).toString());
  }

  private ObjectNode inspection(Box box) {
    ObjectNode all = json.createObjectNode().put("Id", box.id());
    all.putObject("State")
        .put("Status", box.state())
        .put("Running", box.state().equals("running"))
        .put("Pid", 0)
        .put("ExitCode", 0)
        .put("StartedAt", Instant.now().toString())
        .put("FinishedAt", Instant.now().toString());
    all.putObject("Config").put("Image", "none").set("Labels", box.labels());
    all.putObject("HostConfig").put("NetworkMode", "default").put("NanoCpus", 100_000_000);
    all.putObject("NetworkSettings").putObject("Ports");
    all.putArray("Mounts");
    return all;
  }

  private String list() {
    var all = json.createArrayNode();
    for (Box box : boxes.values()) {
      all.addObject().put("Id", box.id()).put("State", box.state()).set("Labels", box.labels());
    }
    return all.toString();
  }

  private void tell(Box box, String action) {
    ObjectNode event = json.createObjectNode().put("Type", "container").put("Action", action);
    event.put("timeNano", Instant.now().toEpochMilli() * 1_000_000);
    event.putObject("Actor").put("ID", box.id()).set("Attributes", box.labels());
    byte[] line = (event + "\n").getBytes(StandardCharsets.UTF_8);
    for (OutputStream listener : List.copyOf(listeners)) {
      try {
        FakeDocker.writeChunk(listener, line);
      } catch (IOException _) {
        listeners.remove(listener);
      }
    }
  }

  private boolean listen(OutputStream out) throws IOException, InterruptedException {
    out.write(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    out.flush();
    listeners.add(out);
    Thread.sleep(Long.MAX_VALUE);
    return false;
  }

  private JsonNode read(String text) {
    try {
      return json.readTree(text);
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
