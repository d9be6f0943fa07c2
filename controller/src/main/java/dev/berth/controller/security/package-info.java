/// Who is who: the cluster's authority, certificates, join tokens.
@NullMarked
package dev.berth.controller.security;

import org.jspecify.annotations.NullMarked;
