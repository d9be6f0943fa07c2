/// Disk images that nodes keep for virtual machines.
@NullMarked
package dev.berth.cli.image;

import org.jspecify.annotations.NullMarked;
