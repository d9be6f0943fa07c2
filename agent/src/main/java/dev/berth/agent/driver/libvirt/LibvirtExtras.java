package dev.berth.agent.driver.libvirt;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import org.jspecify.annotations.Nullable;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.SizeT;

/// Functions of libvirt that its Java binding leaves out, with libvirt's names. An error is told by
/// [#virGetLastErrorCode], on the same thread.
interface LibvirtExtras extends Library {
  /// A machine, to be freed; null when there is none or on an error.
  @Nullable Pointer virDomainLookupByUUIDString(ConnectionPointer connection, String uuid);

  /// The state and how it came to be; below 0 on an error.
  int virDomainGetState(Pointer domain, IntByReference state, IntByReference reason, int flags);

  /// Asks the machine to end, in the ways that the flags name; below 0 on an error.
  int virDomainShutdownFlags(Pointer domain, int flags);

  /// Frees what [#virDomainLookupByUUIDString] gave.
  int virDomainFree(Pointer domain);

  /// A snapshot of a machine, to be freed; null when there is none or on an error.
  @Nullable Pointer virDomainSnapshotLookupByName(Pointer domain, String name, int flags);

  /// Puts the snapshot's machine back to it, in the state that the flags name; below 0 on an error.
  int virDomainRevertToSnapshot(Pointer snapshot, int flags);

  /// Frees what [#virDomainSnapshotLookupByName] gave.
  int virDomainSnapshotFree(Pointer snapshot);

  /// Is told what happens to machines, on libvirt's event thread, which must not wait for anyone.
  interface DomainEvents extends Callback {
    /// Told that a machine was started, ended or otherwise changed.
    ///
    /// @param domain lent for the time of the call
    /// @param opaque what was given with the callback
    /// @return without a meaning
    int happened(Pointer connection, Pointer domain, int event, int detail, Pointer opaque);
  }

  /// Registers for events of one kind until the connection is closed; below 0 on an error.
  ///
  /// @param domain null: of all machines
  int virConnectDomainEventRegisterAny(
      ConnectionPointer connection,
      @Nullable Pointer domain,
      int event,
      DomainEvents callback,
      Pointer opaque,
      @Nullable Pointer freeOpaque);

  /// Writes the machine's UUID as text with a zero at its end, 37 bytes; below 0 on an error.
  int virDomainGetUUIDString(Pointer domain, byte[] uuid);

  /// Is told what became of a stream, on libvirt's event thread, which must not wait for anyone.
  interface StreamEvents extends Callback {
    /// Told that something can be done.
    ///
    /// @param events a set of virStreamEventType
    /// @param opaque what was given with the callback
    void happened(Pointer stream, int events, Pointer opaque);
  }

  /// A stream, to be freed; null on an error.
  @Nullable Pointer virStreamNew(ConnectionPointer connection, int flags);

  /// Connects a stream to a console of a running machine; below 0 on an error.
  ///
  /// @param device an alias of the console; null: the first one
  int virDomainOpenConsole(Pointer domain, @Nullable String device, Pointer stream, int flags);

  /// Bytes read, 0 at the end, below -1 when there are none now, -1 on an error.
  int virStreamRecv(Pointer stream, Pointer data, SizeT bytes);

  /// Bytes written, below -1 when there is no room now, -1 on an error.
  int virStreamSend(Pointer stream, byte[] data, SizeT bytes);

  /// Sets what is told of a stream; below 0 on an error.
  int virStreamEventAddCallback(
      Pointer stream,
      int events,
      StreamEvents callback,
      Pointer opaque,
      @Nullable Pointer freeOpaque);

  /// Changes which events are told; below 0 on an error.
  int virStreamEventUpdateCallback(Pointer stream, int events);

  /// Ends what is told; one that is under way may still come.
  int virStreamEventRemoveCallback(Pointer stream);

  /// Breaks a stream off; below 0 on an error.
  int virStreamAbort(Pointer stream);

  /// Frees a stream.
  int virStreamFree(Pointer stream);

  /// One of virErrorNumber; 0: none.
  int virGetLastErrorCode();

  /// The words for it.
  String virGetLastErrorMessage();
}
