/// Tests of the verbs for virtual machines.
@NullMarked
package dev.berth.cli.vm;

import org.jspecify.annotations.NullMarked;
