/// Images that nodes have: disks of virtual machines, and images of containers.
@NullMarked
package dev.berth.cli.image;

import org.jspecify.annotations.NullMarked;
