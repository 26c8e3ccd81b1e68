using System.Numerics;
using TorchSharp.Bridge;
using TorchSharp.Utils;

namespace TorchSharp;

/// <summary>From tensors to .NET values, and copies between kinds and devices.</summary>
public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The elements in place, or of a copy where the tensor is not in the CPU's memory. The element type must be exact.</summary>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            RequireElementType(typeof(T), dtype);
            return new TensorAccessor<T>(is_cpu() ? this : cpu());
        }

        /// <summary>The only element. Waits for the device.</summary>
        public unsafe T item<T>() where T : unmanaged
        {
            var meta = Describe();
            if (meta.ElementCount != 1)
            {
                throw new ArgumentException($"item needs a tensor of one element, this one has {meta.ElementCount}.");
            }
            RequireElementType(typeof(T), (ScalarType)meta.DType);
            if (meta.DeviceType != (int)DeviceType.CPU)
            {
                using var here = cpu();
                return here.item<T>();
            }
            var value = *(T*)meta.Data;
            GC.KeepAlive(this);
            return value;
        }

        public Scalar ToScalar() => Aten.item.CallScalar(this);

        /// <summary>A contiguous CPU tensor's memory, offset respected. Valid while this object is reachable and not disposed.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                var meta = Describe();
                RequireReadable(meta);
                return new Span<byte>((void*)meta.Data, (int)(meta.ElementCount * meta.ElementSize));
            }
            set
            {
                var target = bytes;
                if (target.Length != value.Length)
                {
                    throw new ArgumentException($"{value.Length} bytes given for a tensor of {target.Length} bytes.");
                }
                value.CopyTo(target);
                GC.KeepAlive(this);
            }
        }

        public Tensor cpu() => Convert(null, CPU, copy: false);

        public Tensor cuda(Device? device = null, bool non_blocking = false) => Convert(null, device ?? CUDA, copy: false, non_blocking);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            ThenDispose(Convert(type, null, copy, non_blocking), disposeAfter);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to_type(type, copy, disposeAfter, non_blocking);

        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false,
            bool non_blocking = false) =>
            ThenDispose(Convert(null, new Device(deviceType, deviceIndex), copy, non_blocking), disposeAfter);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            ThenDispose(Convert(type, device, copy, non_blocking), disposeAfter);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            ThenDispose(Convert(null, device, copy, non_blocking), disposeAfter);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(Tensor other, bool non_blocking = false) => Convert(other.dtype, other.device, copy: false, non_blocking);

        public Tensor type(ScalarType dtype) => to_type(dtype);
        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);
        public Tensor @bool() => to_type(ScalarType.Bool);
        public Tensor @byte() => to_type(ScalarType.Byte);
        public Tensor @short() => to_type(ScalarType.Int16);
        public Tensor @int() => to_type(ScalarType.Int32);
        public Tensor @long() => to_type(ScalarType.Int64);
        public Tensor half() => to_type(ScalarType.Float16);
        public Tensor bfloat16() => to_type(ScalarType.BFloat16);
        public Tensor @float() => to_type(ScalarType.Float32);
        public Tensor @double() => to_type(ScalarType.Float64);

        public static explicit operator float(Tensor value) => value.ToSingle();
        public static explicit operator double(Tensor value) => value.ToDouble();
        public static explicit operator sbyte(Tensor value) => value.ToSByte();
        public static explicit operator byte(Tensor value) => value.ToByte();
        public static explicit operator short(Tensor value) => value.ToInt16();
        public static explicit operator int(Tensor value) => value.ToInt32();
        public static explicit operator long(Tensor value) => value.ToInt64();
        public static explicit operator bool(Tensor value) => value.ToBoolean();

        public static implicit operator Tensor(byte value) => tensor(value);
        public static implicit operator Tensor(sbyte value) => tensor(value);
        public static implicit operator Tensor(short value) => tensor(value);
        public static implicit operator Tensor(int value) => tensor(value);
        public static implicit operator Tensor(long value) => tensor(value);
        public static implicit operator Tensor(float value) => tensor(value);
        public static implicit operator Tensor(double value) => tensor(value);
        public static implicit operator Tensor(bool value) => tensor(value);
        public static implicit operator Tensor(byte[] value) => tensor(value);
        public static implicit operator Tensor(int[] value) => tensor(value);
        public static implicit operator Tensor(long[] value) => tensor(value);
        public static implicit operator Tensor(float[] value) => tensor(value);
        public static implicit operator Tensor(double[] value) => tensor(value);
        public static implicit operator Tensor(bool[] value) => tensor(value);
        public static implicit operator Tensor(Scalar scalar) => Aten.scalar_tensor.Call(scalar, scalar.Type);

        /// <summary>The same wrapper's tensor again where nothing changes, as in PyTorch, but always a new wrapper.</summary>
        private Tensor Convert(ScalarType? type, Device? device, bool copy, bool nonBlocking = false) =>
            Aten.to_dtype_layout.Call(this, type, Arg.None, device, Arg.None, nonBlocking, copy);

        private Tensor ThenDispose(Tensor result, bool disposeThis)
        {
            if (disposeThis)
            {
                Dispose();
            }
            return result;
        }

        private static void RequireReadable(in Meta meta)
        {
            if (meta.DeviceType != (int)DeviceType.CPU)
            {
                throw new InvalidOperationException("Only a tensor in the CPU's memory has bytes to read. Copy it with cpu() first.");
            }
            if ((meta.Flags & Contiguous) == 0)
            {
                throw new InvalidOperationException("Only a contiguous tensor has its bytes in order. Use contiguous() first.");
            }
            if (meta.ElementCount * meta.ElementSize > int.MaxValue)
            {
                throw new ArgumentException("A span cannot hold more than 2 GiB.");
            }
        }

        private static void RequireElementType(Type wanted, ScalarType actual)
        {
            if (actual != ElementTypeOf(wanted))
            {
                throw new ArgumentException($"{wanted.Name} is not compatible with {actual}");
            }
        }

        internal static ScalarType ElementTypeOf(Type type) =>
            type == typeof(float) ? ScalarType.Float32
            : type == typeof(long) ? ScalarType.Int64
            : type == typeof(byte) ? ScalarType.Byte
            : type == typeof(int) ? ScalarType.Int32
            : type == typeof(double) ? ScalarType.Float64
            : type == typeof(BFloat16) ? ScalarType.BFloat16
            : type == typeof(bool) ? ScalarType.Bool
            : type == typeof(short) ? ScalarType.Int16
            : type == typeof(sbyte) ? ScalarType.Int8
            : type == typeof(Half) ? ScalarType.Float16
            : type == typeof((float, float)) ? ScalarType.ComplexFloat32
            : type == typeof(Complex) ? ScalarType.ComplexFloat64
            : throw new ArgumentException($"{type.Name} is not the element type of any tensor.");
    }
}
