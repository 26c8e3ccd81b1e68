using TorchSharp.Bridge;

namespace TorchSharp;

/// <summary>The same elements in another shape, and parts of a tensor. Most share memory with the tensor they come from.</summary>
public static partial class torch
{
    public partial class Tensor
    {
        public Tensor T => Aten.numpy_T.Call(this);
        public Tensor mT => Aten.mT.Call(this);
        public Tensor t() => Aten.t.Call(this);
        public Tensor alias() => Wrap(Retain());
        public Tensor clone() => Aten.clone.Call(this);
        public Tensor contiguous() => Aten.contiguous.Call(this);
        public Tensor detach() => Aten.detach.Call(this);
        public Tensor detach_() => Aten.detach_.Mutate(this, this);
        public Tensor set_(Tensor source) => Aten.set__source_Tensor.Mutate(this, this, source);
        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0) =>
            Aten.as_strided.Call(this, size, strides, storageOffset);
        public Tensor reshape(params long[] shape) => Aten.reshape.Call(this, shape);
        public Tensor view(params long[] shape) => Aten.view.Call(this, shape);
        public Tensor view_as(Tensor other) => view(other.shape);
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Aten.flatten_using_ints.Call(this, start_dim, end_dim);
        public Tensor unflatten(long dim, params long[] sizes) => Aten.unflatten_int.Call(this, dim, sizes);
        public Tensor permute(params long[] permutation) => Aten.permute.Call(this, permutation);
        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());
        public Tensor transpose(long dim0, long dim1) => Aten.transpose_int.Call(this, dim0, dim1);
        public Tensor transpose_(long dim0, long dim1) => Aten.transpose_.Mutate(this, this, dim0, dim1);
        public Tensor swapaxes(long dim0, long dim1) => transpose(dim0, dim1);
        public Tensor movedim(long[] source, long[] destination) => Aten.movedim_intlist.Call(this, source, destination);
        public Tensor squeeze(long? dim = null) => dim is { } d ? Aten.squeeze_dim.Call(this, d) : Aten.squeeze.Call(this);
        public Tensor squeeze_(long? dim = null) =>
            dim is { } d ? Aten.squeeze__dim.Mutate(this, this, d) : Aten.squeeze_.Mutate(this, this);
        public Tensor unsqueeze(long dim) => Aten.unsqueeze.Call(this, dim);
        public Tensor unsqueeze_(long dim) => Aten.unsqueeze_.Mutate(this, this, dim);
        public Tensor expand(params long[] sizes) => Aten.expand.Call(this, sizes);
        public Tensor expand(long[] sizes, bool isImplicit = false) => Aten.expand.Call(this, sizes, isImplicit);
        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => expand(sizes.ToArray(), isImplicit);
        public Tensor expand_as(Tensor other) => expand(other.shape);
        public Tensor broadcast_to(params long[] shape) => Aten.broadcast_to.Call(this, shape);
        public Tensor repeat(params long[] sizes) => Aten.repeat.Call(this, sizes);
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            Aten.repeat_interleave_self_int.Call(this, repeats, dim, output_size);
        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) =>
            Aten.repeat_interleave_self_Tensor.Call(this, repeats, dim, output_size);
        public Tensor tile(long[] reps) => Aten.tile.Call(this, reps);
        public Tensor flip(params long[] dims) => Aten.flip.Call(this, dims);
        public Tensor roll(long shifts, long? dims = null) =>
            Aten.roll.Call(this, new[] { shifts }, dims is { } d ? new[] { d } : Array.Empty<long>());
        public Tensor roll(long[] shifts, long[] dims) => Aten.roll.Call(this, shifts, dims);
        public Tensor unfold(long dimension, long size, long step) => Aten.unfold.Call(this, dimension, size, step);
        public Tensor tril(long diagonal = 0) => Aten.tril.Call(this, diagonal);
        public Tensor triu(long diagonal = 0) => Aten.triu.Call(this, diagonal);
        public Tensor tril_(long diagonal = 0) => Aten.tril_.Mutate(this, this, diagonal);
        public Tensor triu_(long diagonal = 0) => Aten.triu_.Mutate(this, this, diagonal);
        public Tensor diag(long diagonal = 0) => Aten.diag.Call(this, diagonal);
        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => Aten.diagonal.Call(this, offset, dim1, dim2);
        public Tensor trace() => Aten.trace.Call(this);

        public Tensor select(long dim, long index) => Aten.select_int.Call(this, dim, index);
        public Tensor narrow(long dim, long start, long length) => Aten.narrow.Call(this, dim, start, length);
        public Tensor slice(long dim, long start, long finish, long step) => Aten.slice_Tensor.Call(this, dim, start, finish, step);
        public Tensor[] chunk(long chunks, long dim = 0) => Aten.chunk.CallList(this, chunks, dim);
        public Tensor[] split(long size, int dim = 0) => Aten.split_Tensor.CallList(this, size, dim);
        public Tensor[] split(long[] sizes, long dim = 0) => Aten.split_with_sizes.CallList(this, sizes, dim);
        public Tensor[] unbind(long dimension = 0) => Aten.unbind_int.CallList(this, dimension);

        private nint Retain()
        {
            var again = Native.sat_tensor_retain(Handle);
            GC.KeepAlive(this);
            return Failure.Check(again);
        }
    }
}
