/// `berth run`: the options of docker made into a spec, and the program in the foreground.
@NullMarked
package dev.berth.cli.run;

import org.jspecify.annotations.NullMarked;
