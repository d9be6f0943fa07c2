package dev.berth.cli.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.constantpool.ConstantPoolBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/// Rewrites classes that were compiled for Java 5 in the form of today, with stack maps. A start-up
/// cache does not take the old form: each start would load and verify them anew, for 100 ms.
/// Nothing else of the classes changes.
final class ModernClasses {
  private static final int OLDEST_CACHED = ClassFile.JAVA_6_VERSION;
  private static final ClassFile FILES =
      ClassFile.of(
          ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
          ClassFile.ClassHierarchyResolverOption.of(
              ClassHierarchyResolver.ofResourceParsing(ModernClasses.class.getClassLoader())));

  private ModernClasses() {}

  /// Rewrites a jar in place; leaves it alone when its classes are new enough.
  static void rewrite(Path jar) throws IOException {
    Path draft = jar.resolveSibling(jar.getFileName() + ".tmp");
    boolean changed = false;
    try (JarFile in = new JarFile(jar.toFile());
        OutputStream file = Files.newOutputStream(draft);
        JarOutputStream out = new JarOutputStream(file)) {
      for (JarEntry entry : Collections.list(in.entries())) {
        byte[] content = in.getInputStream(entry).readAllBytes();
        boolean old = isOldClass(entry.getName(), content);
        changed |= old;
        JarEntry copy = new JarEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(old ? modern(content) : content);
        out.closeEntry();
      }
    }
    if (changed) {
      Files.move(draft, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } else {
      Files.delete(draft);
    }
  }

  private static boolean isOldClass(String name, byte[] content) {
    // The major version is in bytes 6 and 7.
    return name.endsWith(".class") && (content[6] << 8 | content[7]) < OLDEST_CACHED + 2;
  }

  private static byte[] modern(byte[] old) {
    ClassModel model = FILES.parse(old);
    return FILES.build(
        model.thisClass(),
        ConstantPoolBuilder.of(model),
        builder -> {
          builder.withVersion(ClassFile.JAVA_17_VERSION, 0);
          for (ClassElement element : model) {
            switch (element) {
              case ClassFileVersion _ -> {
                // Replaced above.
              }
              // Taken apart and put together again, since stack maps are made for new code only.
              case MethodModel method ->
                  builder.transformMethod(
                      method, MethodTransform.transformingCode((code, part) -> code.with(part)));
              default -> builder.with(element);
            }
          }
        });
  }
}
