package io.minga.node.handlers.runtime;

import io.minga.node.handlers.ExitRefusedError;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Takes the calls out of a class that would end the process: {@code System.exit}, {@code
 * Runtime.exit} and {@code Runtime.halt}, called or named by a method reference, become those of
 * {@link ExitRefusedError}, which take the same from the stack.
 *
 * <p>It is a guard against accidents: whoever calls them by reflection or from native code is not
 * stopped, for a handler's code is trusted with the process it runs in.
 */
final class ExitCalls extends ClassVisitor {
  private static final int API = Opcodes.ASM9;
  private static final String INSTEAD = Type.getInternalName(ExitRefusedError.class);
  private static final String SYSTEM = "java/lang/System";
  private static final String RUNTIME = "java/lang/Runtime";

  private boolean found;

  private ExitCalls(ClassVisitor to) {
    super(API, to);
  }

  /** The class without such calls; the same bytes if it has none. */
  static byte[] refuse(byte[] classFile) {
    ClassReader reader;
    try {
      reader = new ClassReader(classFile);
    } catch (IllegalArgumentException newer) {
      return classFile; // a class file of the future: the JVM says so in its own words
    }
    ClassWriter writer = new ClassWriter(reader, 0);
    ExitCalls calls = new ExitCalls(writer);
    reader.accept(calls, 0);
    return calls.found ? writer.toByteArray() : classFile;
  }

  /** What stands instead of a method, without its parameters; null for all that are harmless. */
  private static @Nullable String instead(String owner, String name, String descriptor) {
    if (!descriptor.equals("(I)V")) {
      return null;
    }
    if (owner.equals(SYSTEM) && name.equals("exit")) {
      return descriptor;
    }
    return owner.equals(RUNTIME) && (name.equals("exit") || name.equals("halt"))
        ? "(Ljava/lang/Runtime;I)V"
        : null;
  }

  private Object constant(Object constant) {
    if (!(constant instanceof Handle handle)) {
      return constant;
    }
    String descriptor = instead(handle.getOwner(), handle.getName(), handle.getDesc());
    if (descriptor == null) {
      return constant;
    }
    found = true;
    return new Handle(Opcodes.H_INVOKESTATIC, INSTEAD, handle.getName(), descriptor, false);
  }

  @Override
  public MethodVisitor visitMethod(
      int access,
      String name,
      String descriptor,
      @Nullable String signature,
      String @Nullable [] exceptions) {
    return new Body(super.visitMethod(access, name, descriptor, signature, exceptions));
  }

  private final class Body extends MethodVisitor {
    Body(MethodVisitor to) {
      super(API, to);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      String other = instead(owner, name, descriptor);
      if (other == null) {
        super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
      } else {
        found = true;
        super.visitMethodInsn(Opcodes.INVOKESTATIC, INSTEAD, name, other, false);
      }
    }

    @Override
    public void visitInvokeDynamicInsn(
        String name, String descriptor, Handle bootstrap, Object... arguments) {
      Object[] constants = new Object[arguments.length];
      for (int i = 0; i < constants.length; i++) {
        constants[i] = constant(arguments[i]);
      }
      super.visitInvokeDynamicInsn(name, descriptor, bootstrap, constants);
    }

    @Override
    public void visitLdcInsn(Object value) {
      super.visitLdcInsn(constant(value));
    }
  }
}
