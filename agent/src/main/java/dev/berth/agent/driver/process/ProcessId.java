package dev.berth.agent.driver.process;

/// One process of this boot: never another one, as a number alone may be by now.
///
/// @param pid its number
/// @param startTicks when it started, in the kernel's ticks since the boot
record ProcessId(long pid, long startTicks) {}
