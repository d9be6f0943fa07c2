package dev.berth.controller;

import dev.berth.controller.loop.Changes;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.loop.LoopClock;
import dev.berth.controller.loop.Rehearsal;
import dev.berth.controller.loop.Snapshot;
import dev.berth.controller.loop.SnapshotListener;
import dev.berth.controller.metrics.CallTimings;
import dev.berth.controller.metrics.ControllerMetrics;
import dev.berth.controller.metrics.MetricsServer;
import dev.berth.controller.rpc.AgentSessions;
import dev.berth.controller.rpc.ChangeFeed;
import dev.berth.controller.rpc.Controllers;
import dev.berth.controller.rpc.GrpcServers;
import dev.berth.controller.security.CertificateAuthority;
import dev.berth.controller.security.ControllerIdentity;
import dev.berth.controller.security.PkiDirectory;
import dev.berth.controller.security.SecurityFailure;
import dev.berth.controller.store.ControllerRecord;
import dev.berth.controller.store.Etcd;
import dev.berth.controller.store.EtcdSettings;
import dev.berth.controller.store.Followed;
import dev.berth.controller.store.StoreException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A controller with everything that belongs to it, wired by hand.
final class RunningController implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningController.class);
  // Less than what callers wait for an answer when etcd has no quorum.
  private static final Duration ETCD_CALL_TIMEOUT = Duration.ofSeconds(3);
  private static final long SUCCESSOR_MILLIS = 150;
  private static final long REHEARSAL_SECONDS = 1;
  private static final long LEADERLESS_SECONDS = 20;
  private static final long RENEWAL_CHECK_MINUTES = 1;

  private final ControllerConfig config;
  private final PrintStream out;
  private final InstantSource clock = InstantSource.system();
  private final AgentSessions sessions = new AgentSessions();
  private final ChangeFeed feed = new ChangeFeed();
  private final ControllerMetrics metrics = new ControllerMetrics(sessions::count);
  private final CertificateAuthority authority;
  private final Etcd etcd;
  private final KnownControllers controllers;
  private final String id;
  private final String version;
  private final Instant startTime = clock.instant();
  private final ControllerLoop loop;
  private final MetricsServer metricsServer;
  private final GrpcServers servers;
  private final ScheduledExecutorService chores =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("chores").factory());
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean announced = new AtomicBoolean();
  private final Object successor = new Object();
  private volatile boolean stopping;

  private RunningController(ControllerConfig config, String version, PrintStream out)
      throws SecurityFailure, StoreException, IOException {
    this.config = config;
    this.out = out;
    List<String> names = LocalNames.of(config.listen());
    PkiDirectory pki = new PkiDirectory(config.dataDirectory(), names);
    this.authority = pki.prepare(clock.instant());
    ControllerIdentity identity = new ControllerIdentity(authority, pki, clock.instant());
    this.metricsServer = MetricsServer.start(config.listen().metrics(), names, metrics::scrape);
    this.etcd = Etcd.connect(etcdSettings(config.etcd()));
    Followed followed = etcd.followed();
    this.loop =
        new ControllerLoop(
            new ControllerLoop.Ports(
                etcd.store(),
                etcd.election(),
                new FencedSessions(sessions, followed::leads),
                new Leadership(),
                metrics,
                LoopClock.system()),
            config.core());
    this.id = ControllerIds.of(config.dataDirectory());
    this.version = version;
    this.controllers = new KnownControllers(this::self, followed, etcd.snapshots());
    this.servers =
        GrpcServers.start(
            new GrpcServers.Parts(
                loop, sessions, feed, authority, identity, new CallTimings(metrics), clock),
            new GrpcServers.Addresses(
                config.listen().api(), config.listen().join(), joinHost(config.listen()), version),
            controllers);
    followed.onLeaderChange(this::leaderChanged);
    var _ =
        chores.scheduleWithFixedDelay(
            () -> renew(identity), RENEWAL_CHECK_MINUTES, RENEWAL_CHECK_MINUTES, TimeUnit.MINUTES);
  }

  /// Serves from now on, and leads as soon as it is elected.
  static RunningController start(ControllerConfig config, String version, PrintStream out)
      throws SecurityFailure, StoreException, IOException {
    RunningController controller = new RunningController(config, version, out);
    controller.etcd.introduce(controller.self());
    controller.controllers.leadershipEnded(null);
    controller.loop.start();
    // Who asks is to hear it if nobody leads, but not from one that is about to.
    var _ =
        controller.chores.schedule(controller.servers::open, LEADERLESS_SECONDS, TimeUnit.SECONDS);
    // Everything else runs on daemon threads: this one keeps the process alive.
    Thread.ofPlatform().name("running").start(controller::awaitEnd);
    return controller;
  }

  /// Completes with the reason, for people, when this controller can never lead: end it.
  CompletableFuture<String> failure() {
    return loop.failure();
  }

  /// This controller as the others see it.
  private ControllerRecord self() {
    String host = LocalNames.dialled(config.listen());
    return new ControllerRecord(
        id, GrpcServers.hostAndPort(host, servers.apiPort()), version, startTime);
  }

  private void leaderChanged(Optional<ControllerRecord> leader) {
    Optional<Controllers.Peer> other = leader.flatMap(controllers::other);
    servers.leaderChanged(other);
    other.ifPresent(
        peer -> {
          servers.open();
          LOG.info("Follows controller {} at {}", peer.id(), peer.address());
          announce("FOLLOWS", "leader=" + peer.address());
          var _ = chores.schedule(this::rehearse, REHEARSAL_SECONDS, TimeUnit.SECONDS);
        });
    synchronized (successor) {
      successor.notifyAll();
    }
  }

  /// Once, and again for each leader: the state may have grown.
  private void rehearse() {
    if (controllers.leads()) {
      return;
    }
    Optional<Controllers.StaleState> copy = controllers.staleState();
    if (copy.isPresent()) {
      try {
        Rehearsal.Played played = Rehearsal.play(copy.get().snapshot().state(), config.core());
        LOG.debug("Rehearsed a leader's first turns: {}", played);
      } catch (StoreException | RuntimeException e) {
        LOG.warn("The rehearsal of a leader's first turns failed; taking over may take longer", e);
      }
    }
  }

  /// Says once on stdout, for whoever started this process, that it serves.
  private void announce(String what, String detail) {
    if (announced.compareAndSet(false, true)) {
      ControllerConfig.Listen listen = config.listen();
      out.printf(
          "%s api=%s join=%s metrics=%s %s ca=%s%n",
          what,
          at(listen.api(), servers.apiPort()),
          at(listen.join(), servers.joinPort()),
          at(listen.metrics(), metricsServer.port()),
          detail,
          authority.digest());
      out.flush();
    }
  }

  private static String at(InetSocketAddress address, int port) {
    return GrpcServers.hostAndPort(address.getHostString(), port);
  }

  private void awaitEnd() {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// How etcd is reached.
  static EtcdSettings etcdSettings(ControllerConfig.EtcdConfig etcd) {
    boolean plain = etcd.endpoints().stream().map(URI::getScheme).allMatch("http"::equals);
    EtcdSettings.@Nullable Tls tls =
        plain ? null : new EtcdSettings.Tls(etcd.ca(), etcd.certificate(), etcd.key());
    return new EtcdSettings(etcd.endpoints(), tls, etcd.electionTtl(), ETCD_CALL_TIMEOUT);
  }

  private static String joinHost(ControllerConfig.Listen listen) {
    return listen.advertise().isEmpty()
        ? listen.join().getHostString()
        : listen.advertise().getFirst();
  }

  private static void renew(ControllerIdentity identity) {
    try {
      if (identity.renewIfDue(InstantSource.system().instant())) {
        LOG.info("Renewed the controller's certificate");
      }
    } catch (SecurityFailure e) {
      LOG.error("The controller's certificate could not be renewed: {}", e.getMessage());
    }
  }

  /// Follows the loop on behalf of everything that lives as long as a leadership.
  private final class Leadership implements SnapshotListener {
    private @Nullable Snapshot last;

    @Override
    public void leadershipBegan(Snapshot first) {
      last = first;
      controllers.leadershipBegan();
      feed.leadershipBegan(first);
      metrics.published(first.state());
      servers.setServing(true);
      servers.open();
      LOG.info("Leads in epoch {}", first.state().epoch());
      announce("READY", "epoch=" + first.state().epoch());
    }

    @Override
    public void published(Snapshot before, Snapshot after, Changes changes) {
      last = after;
      feed.published(before, after, changes);
    }

    @Override
    public void leadershipEnded(String reason) {
      LOG.warn("Does not lead any more: {}", reason);
      servers.setServing(false);
      controllers.leadershipEnded(last);
      last = null;
      metrics.leadershipEnded();
      feed.leadershipEnded(reason);
      if (!stopping) {
        sessions.closeAll(reason);
      }
    }
  }

  /// Waits a moment for the next leader, so that the goodbye to agents can name it.
  private void awaitSuccessor() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SUCCESSOR_MILLIS);
    synchronized (successor) {
      long left = deadline - System.nanoTime();
      while (left > 0 && controllers.otherLeader().isEmpty()) {
        try {
          TimeUnit.NANOSECONDS.timedWait(successor, left);
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          return;
        }
        left = deadline - System.nanoTime();
      }
    }
  }

  /// Hands over: the lease is revoked, so that another controller leads at once.
  @Override
  public void close() {
    stopping = true;
    boolean led = loop.snapshot().isPresent();
    loop.close();
    if (led) {
      awaitSuccessor();
    }
    // Before the goodbye: agents that dial again at once would have it shake thousands of hands.
    servers.refuse();
    sessions.closeAll("the controller stops");
    servers.close();
    chores.shutdownNow();
    feed.close();
    metricsServer.close();
    etcd.close();
    ended.countDown();
  }
}
