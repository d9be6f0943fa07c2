package dev.berth.agent.session;

import dev.berth.agent.doctor.NodeExaminer;
import dev.berth.agent.driver.ContainerImages;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.v1.OpenStream;
import io.grpc.Channel;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves what users ask of instances (output, consoles, commands, ports, snapshots, pauses,
/// signals, processes, usage, copies), the node's images, volumes and networks, and what the node
/// finds when it looks at itself, on streams that a controller asked for, each on a thread of its
/// own, as fast as the reader at the other end takes it.
public final class InstanceStreams implements ControllerSession.StreamServer {
  private static final Logger LOG = LoggerFactory.getLogger(InstanceStreams.class);
  private static final int LOGS_MAX = 256;
  private static final int PROGRAMS_MAX = 256;
  private static final int FORWARDS_MAX = 256;
  private static final int CONSOLES_MAX = 64;
  private static final int QUERIES_MAX = 16;
  private static final int IMPORTS_MAX = 4;
  private static final int TRANSFERS_MAX = 16;
  private static final int SNAPSHOTS_MAX = 16;
  private static final int COMMITS_MAX = 4;
  private static final int BUILDS_MAX = 4;
  private static final int PAUSES_MAX = 64;
  private static final int COPIES_MAX = 16;
  private static final int USAGES_MAX = 256;
  private static final int EXAMINATIONS_MAX = 4;

  private final LogAccess logs;
  private final ConsoleAccess consoles;
  private final CapabilityAccess capabilities;
  private final HostImages images;
  private final Optional<NodeExaminer> examiner;
  private final Threads threads;
  private final AgentClock clock;
  // Places of their own: whoever follows output keeps nobody off a console.
  private final Semaphore logPlaces = new Semaphore(LOGS_MAX);
  private final Semaphore consolePlaces = new Semaphore(CONSOLES_MAX);
  private final Semaphore programPlaces = new Semaphore(PROGRAMS_MAX);
  private final Semaphore forwardPlaces = new Semaphore(FORWARDS_MAX);
  private final Semaphore queryPlaces = new Semaphore(QUERIES_MAX);
  private final Semaphore objectPlaces = new Semaphore(QUERIES_MAX);
  private final Semaphore importPlaces = new Semaphore(IMPORTS_MAX);
  private final Semaphore transferPlaces = new Semaphore(TRANSFERS_MAX);
  private final Semaphore snapshotPlaces = new Semaphore(SNAPSHOTS_MAX);
  private final Semaphore buildPlaces = new Semaphore(BUILDS_MAX);
  private final Semaphore commitPlaces = new Semaphore(COMMITS_MAX);
  private final Semaphore pausePlaces = new Semaphore(PAUSES_MAX);
  private final Semaphore usagePlaces = new Semaphore(USAGES_MAX);
  private final Semaphore signalPlaces = new Semaphore(PAUSES_MAX);
  private final Semaphore processesPlaces = new Semaphore(QUERIES_MAX);
  private final Semaphore copyPlaces = new Semaphore(COPIES_MAX);
  private final Semaphore examinePlaces = new Semaphore(EXAMINATIONS_MAX);

  /// @param logs where the output is
  /// @param consoles where the consoles are
  /// @param capabilities what instances can do besides: commands, snapshots, pauses, and more
  /// @param images what images there are
  /// @param examiner looks at the node; empty: nobody does
  /// @param threads serve the streams
  public InstanceStreams(
      LogAccess logs,
      ConsoleAccess consoles,
      CapabilityAccess capabilities,
      HostImages images,
      Optional<NodeExaminer> examiner,
      Threads threads,
      AgentClock clock) {
    this.logs = logs;
    this.consoles = consoles;
    this.capabilities = capabilities;
    this.images = images;
    this.examiner = examiner;
    this.threads = threads;
    this.clock = clock;
  }

  /// Copies until a stream ends.
  private interface Pump {
    void run() throws InterruptedException;
  }

  @Override
  public void serve(OpenStream request, Channel channel) {
    threads.start(() -> attach(request, channel), "stream");
  }

  private void attach(OpenStream request, Channel channel) {
    AttachedStream stream = AttachedStream.open(channel, request.getStreamId(), clock);
    switch (request.getRequestCase()) {
      case LOGS -> run(logPlaces, stream, new LogPump(logs, request.getLogs(), stream, clock)::run);
      case CONSOLE ->
          run(
              consolePlaces,
              stream,
              new ConsolePump(consoles, request.getConsole(), stream, threads)::run);
      case IMAGE_LIST, IMAGE_INSPECT, IMAGE_REMOVE, IMAGE_TAG, IMAGE_PRUNE, IMAGE_RESOLVE ->
          serveImages(queryPlaces, request, stream);
      case IMAGE_PULL, IMAGE_PUSH -> serveImages(transferPlaces, request, stream);
      case IMAGE_SAVE, IMAGE_LOAD, IMAGE_BUILD -> serveArchives(request, stream);
      case IMAGE_IMPORT -> serveImages(importPlaces, request, stream);
      case VM_SNAPSHOT_LIST, VM_SNAPSHOT_CREATE, VM_SNAPSHOT_REVERT, VM_SNAPSHOT_DELETE ->
          answer(snapshotPlaces, stream, new SnapshotAnswer(capabilities, request, stream, clock));
      case INSTANCE_COMMIT ->
          answerWhileWanted(
              commitPlaces,
              stream,
              new CommitAnswer(capabilities, request.getInstanceCommit(), stream, clock));
      case PAUSE, UNPAUSE ->
          answer(pausePlaces, stream, new PauseAnswer(capabilities, request, stream));
      case SIGNAL ->
          answer(signalPlaces, stream, new SignalAnswer(capabilities, request.getSignal(), stream));
      case PROCESSES ->
          answer(
              processesPlaces,
              stream,
              new ProcessesAnswer(capabilities, request.getProcesses(), stream));
      case PATH_STAT, COPY_FROM, COPY_TO ->
          run(copyPlaces, stream, new CopyPump(capabilities, request, stream)::run);
      case USAGE ->
          run(
              usagePlaces,
              stream,
              new UsagePump(capabilities, request.getUsage(), stream, clock)::run);
      case EXEC, PROGRAM ->
          run(programPlaces, stream, new ProgramPump(capabilities, request, stream, threads)::run);
      case FORWARD ->
          run(
              forwardPlaces,
              stream,
              new ForwardPump(capabilities, request.getForward(), stream, threads)::run);
      case VOLUME_LIST, VOLUME_INSPECT, VOLUME_CREATE, VOLUME_REMOVE, VOLUME_PRUNE ->
          serveVolumes(request, stream);
      case NETWORK_LIST, NETWORK_INSPECT, NETWORK_CREATE, NETWORK_REMOVE ->
          serveNetworks(request, stream);
      case EXAMINE -> examine(request, stream);
      case REQUEST_NOT_SET ->
          stream.fail(
              Status.Code.UNIMPLEMENTED, "this agent is too old for such a stream; update it");
    }
  }

  private void serveArchives(OpenStream request, AttachedStream stream) {
    if (request.hasImageBuild()) {
      serveContainers(
          buildPlaces,
          stream,
          runtime ->
              new AnswerPump(
                      stream, new BuildAnswer(runtime.builder(), request.getImageBuild(), stream))
                  ::runWhileWanted);
    } else {
      serveContainers(
          transferPlaces,
          stream,
          runtime -> new ImageArchivePump(runtime.archives(), request, stream, clock)::run);
    }
  }

  private void examine(OpenStream request, AttachedStream stream) {
    if (examiner.isEmpty()) {
      stream.fail(Status.Code.UNIMPLEMENTED, "this agent does not look at its host");
      return;
    }
    run(examinePlaces, stream, new ExaminePump(examiner.get(), request.getExamine(), stream)::run);
  }

  private void serveVolumes(OpenStream request, AttachedStream stream) {
    images
        .volumes()
        .ifPresentOrElse(
            volumes ->
                answerWhileWanted(objectPlaces, stream, new VolumeAnswer(volumes, request, stream)),
            () -> stream.fail(Status.Code.FAILED_PRECONDITION, "this node keeps no volumes"));
  }

  private void serveNetworks(OpenStream request, AttachedStream stream) {
    images
        .networks()
        .ifPresentOrElse(
            networks ->
                answerWhileWanted(
                    objectPlaces, stream, new NetworkAnswer(networks, request, stream)),
            () -> stream.fail(Status.Code.FAILED_PRECONDITION, "this node has no networks"));
  }

  private void serveImages(Semaphore places, OpenStream request, AttachedStream stream) {
    run(places, stream, new ImagePump(images, request, stream, clock)::run);
  }

  private void serveContainers(
      Semaphore places, AttachedStream stream, Function<ContainerImages, Pump> pump) {
    if (images.containers().isEmpty()) {
      stream.fail(
          Status.Code.FAILED_PRECONDITION, "this node's agent has no runtime for containers");
      return;
    }
    run(places, stream, pump.apply(images.containers().get()));
  }

  /// Answers to the end, also when nobody waits for it any more.
  private static void answer(Semaphore places, AttachedStream stream, AnswerPump.Answer answer) {
    run(places, stream, new AnswerPump(stream, answer)::run);
  }

  private static void answerWhileWanted(
      Semaphore places, AttachedStream stream, AnswerPump.Answer answer) {
    run(places, stream, new AnswerPump(stream, answer)::runWhileWanted);
  }

  private static void run(Semaphore places, AttachedStream stream, Pump pump) {
    if (!places.tryAcquire()) {
      stream.fail(
          Status.Code.RESOURCE_EXHAUSTED,
          "this node serves as many streams of this kind as it may; end some and try again");
      return;
    }
    try {
      pump.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("a stream broke off: ", e);
      stream.fail(Status.Code.INTERNAL, "the agent made a mistake; see its log");
    } finally {
      places.release();
    }
  }
}
