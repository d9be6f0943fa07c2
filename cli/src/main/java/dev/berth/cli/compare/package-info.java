/// `berth compare`: the same program as a process, a container and a virtual machine, measured.
@NullMarked
package dev.berth.cli.compare;

import org.jspecify.annotations.NullMarked;
