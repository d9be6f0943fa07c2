/// Tests of the verbs about controllers.
@NullMarked
package dev.berth.cli.controller;

import org.jspecify.annotations.NullMarked;
