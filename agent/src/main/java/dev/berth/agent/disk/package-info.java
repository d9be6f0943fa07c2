/// What is in a virtual disk's image, found by reading it: nothing is run, mounted or changed.
///
/// Images come from strangers. Whatever a file holds, reading it ends, takes little memory, and
/// gives a value or a [DiskException] that says what to do.
@NullMarked
package dev.berth.agent.disk;

import org.jspecify.annotations.NullMarked;
