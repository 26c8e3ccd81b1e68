using TorchSharp.Bridge;

namespace TorchSharp;

/// <summary>What a tensor is: shape, kind, place, and the facts of autograd.</summary>
public static partial class torch
{
    public partial class Tensor
    {
        private const int Contiguous = 1, RequiresGrad = 2, Leaf = 4, Sparse = 8;

        public long Dimensions => Describe().Dim;
        public long ndim => Describe().Dim;
        public long NumberOfElements => Describe().ElementCount;
        public long ElementSize => Describe().ElementSize;
        public ScalarType dtype => (ScalarType)Describe().DType;
        public DeviceType device_type => (DeviceType)Describe().DeviceType;
        public int device_index => Describe().DeviceIndex;
        public bool is_cuda => device_type == DeviceType.CUDA;
        public bool is_meta => device_type == DeviceType.META;
        public bool is_sparse => (Describe().Flags & Sparse) != 0;
        public bool is_leaf => (Describe().Flags & Leaf) != 0;
        public long[] shape => size();

        public Device device
        {
            get
            {
                var meta = Describe();
                return meta.DeviceType == 0 && meta.DeviceIndex < 0 ? CPU : new Device((DeviceType)meta.DeviceType, meta.DeviceIndex);
            }
        }

        public bool requires_grad
        {
            get => (Describe().Flags & RequiresGrad) != 0;
            set => requires_grad_(value);
        }

        public unsafe Tensor? grad
        {
            get
            {
                nint found;
                var code = Native.sat_tensor_grad(Handle, &found);
                GC.KeepAlive(this);
                Failure.Check(code);
                return found == 0 ? null : Wrap(found);
            }
            set
            {
                var code = Native.sat_tensor_set_grad(Handle, value is null ? 0 : value.Handle);
                GC.KeepAlive(value);
                GC.KeepAlive(this);
                Failure.Check(code);
            }
        }

        public long dim() => ndim;
        public long numel() => NumberOfElements;
        public long element_size() => ElementSize;
        public long storage_offset() => Describe().StorageOffset;
        public bool is_cpu() => device_type == DeviceType.CPU;
        public bool is_contiguous() => (Describe().Flags & Contiguous) != 0;
        public bool is_floating_point() => torch.is_floating_point(dtype);
        public bool is_integral() => torch.is_integral(dtype);
        public bool is_complex() => torch.is_complex(dtype);

        public long[] size() => Geometry(strides: false);

        public long size(int dim) => Geometry(strides: false)[FromEnd(dim)];

        public long[] stride() => Geometry(strides: true);

        public long stride(int dim) => Geometry(strides: true)[FromEnd(dim)];

        public Tensor requires_grad_(bool requires_grad = true)
        {
            var code = Native.sat_tensor_set_requires_grad(Handle, requires_grad ? 1 : 0);
            GC.KeepAlive(this);
            Failure.Check(code);
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad()
        {
            var code = Native.sat_tensor_retain_grad(Handle);
            GC.KeepAlive(this);
            Failure.Check(code);
        }

        /// <summary>Where the first element lies in memory; valid while this object is reachable and not disposed.</summary>
        internal nint DataPointer() => Describe().Data;

        private unsafe Meta Describe()
        {
            Meta meta;
            var code = Native.sat_tensor_meta(Handle, &meta);
            GC.KeepAlive(this);
            Failure.Check(code);
            return meta;
        }

        private unsafe long[] Geometry(bool strides)
        {
            const int Usual = 8;
            var few = stackalloc long[Usual];
            var dim = Numbers(few, Usual, strides);
            var result = new long[dim];
            if (dim <= Usual)
            {
                new ReadOnlySpan<long>(few, dim).CopyTo(result);
                return result;
            }
            fixed (long* many = result)
            {
                Numbers(many, dim, strides);
            }
            return result;
        }

        private unsafe int Numbers(long* target, int capacity, bool strides)
        {
            var dim = Native.sat_tensor_sizes(Handle, strides ? null : target, strides ? target : null, capacity);
            GC.KeepAlive(this);
            Failure.Check(dim < 0 ? 1 : 0);
            return dim;
        }

        private Index FromEnd(int dim)
        {
            var rank = (int)ndim;
            if (dim < -rank || dim >= rank)
            {
                throw new System.Runtime.InteropServices.ExternalException($"Dimension out of range (expected to be in range of [{-rank}, {rank - 1}], but got {dim})");
            }
            return dim < 0 ? dim + rank : dim;
        }
    }
}
