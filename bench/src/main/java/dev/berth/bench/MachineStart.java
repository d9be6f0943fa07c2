package dev.berth.bench;

/// How long one start of a machine took, in nanoseconds from its beginning.
///
/// @param started until the hypervisor runs it
/// @param kernel until its kernel's first line is on the console
/// @param ready until its login is
record MachineStart(long started, long kernel, long ready) {}
