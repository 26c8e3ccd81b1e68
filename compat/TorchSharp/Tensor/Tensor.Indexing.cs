using TorchSharp.Bridge;

namespace TorchSharp;

/// <summary>
/// Indexing as in Python. Slices, single positions, ellipsis and new dimensions become views one after another; what tensors are left then
/// index what is left, all at once.
/// </summary>
public static partial class torch
{
    public partial class Tensor
    {
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => At([i1]);
            set => Put([i1], value);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => At([i1, i2]);
            set => Put([i1, i2], value);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => At([i1, i2, i3]);
            set => Put([i1, i2, i3], value);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => At([i1, i2, i3, i4]);
            set => Put([i1, i2, i3, i4], value);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => At(indices);
            set => Put(indices, value);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            var (view, rest) = View(indices);
            return rest is null ? view : Replace(view, Aten.index_Tensor.Call(view, rest));
        }

        public Tensor index(params Tensor[] indices) => Aten.index_Tensor.Call(this, indices);

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, accumulate: false);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            var (view, rest) = View(indices);
            using (view)
            {
                if (rest is not null)
                {
                    Aten.index_put_.Mutate(view, view, rest, value, accumulate);
                }
                else if (accumulate)
                {
                    view.add_(value);
                }
                else
                {
                    view.copy_(value);
                }
            }
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices, accumulate: false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) =>
            Aten.index_put_.Mutate(this, this, indices, value, accumulate);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            var (view, rest) = View(indices);
            using (view)
            {
                if (rest is null)
                {
                    view.fill_(value);
                    return this;
                }
                using var number = full([], value, view.dtype, view.device);
                Aten.index_put_.Mutate(view, view, rest, number);
            }
            return this;
        }

        private Tensor At(ReadOnlySpan<long> positions)
        {
            var view = select(0, positions[0]);
            foreach (var position in positions[1..])
            {
                view = Replace(view, view.select(0, position));
            }
            return view;
        }

        private void Put(ReadOnlySpan<long> positions, Tensor value)
        {
            using var view = At(positions);
            view.copy_(value);
        }

        /// <summary>The view that all positions but the tensors make (a new wrapper, always) and, per dimension of it, the tensors or null.</summary>
        private (Tensor View, Tensor?[]? Indices) View(TensorIndex[] positions)
        {
            var view = alias();
            var dim = 0L;
            var found = new List<Tensor?>();
            foreach (var position in positions)
            {
                (view, dim) = Apply(view, dim, position, positions, found);
            }
            return (view, found.Exists(t => t is not null) ? found.ToArray() : null);
        }

        private (Tensor View, long Dim) Apply(Tensor view, long dim, in TensorIndex position, TensorIndex[] all, List<Tensor?> found)
        {
            switch (position.Which)
            {
                case TensorIndex.Kind.Single:
                    return (Replace(view, view.select(dim, position.First ?? 0)), dim);
                case TensorIndex.Kind.Slice:
                    view = Replace(view, Aten.slice_Tensor.Call(view, dim, position.First, position.Stop, position.Step ?? 1));
                    return (view, Skip(found, dim, 1));
                case TensorIndex.Kind.Ellipsis:
                    return (view, Skip(found, dim, (int)ndim - all.Sum(Consumes)));
                case TensorIndex.Kind.Tensor:
                    return (view, Take(found, dim, position.Indices!));
                case TensorIndex.Kind.Bool:
                    view = Replace(view, view.unsqueeze(dim));
                    return (view, Take(found, dim, tensor(new[] { position.First != 0 }, device: device)));
                default:
                    return (Replace(view, view.unsqueeze(dim)), Skip(found, dim, 1));
            }
        }

        /// <summary>How many of the tensor's dimensions a position uses up.</summary>
        private static int Consumes(TensorIndex position) => position.Which switch
        {
            TensorIndex.Kind.Single or TensorIndex.Kind.Slice => 1,
            TensorIndex.Kind.Tensor => position.Indices!.dtype is ScalarType.Bool or ScalarType.Byte ? (int)position.Indices.ndim : 1,
            _ => 0,
        };

        private static long Skip(List<Tensor?> found, long dim, int count)
        {
            for (var i = 0; i < count; i++)
            {
                found.Add(null);
            }
            return dim + count;
        }

        private static long Take(List<Tensor?> found, long dim, Tensor indices)
        {
            found.Add(indices);
            return dim + (indices.dtype is ScalarType.Bool or ScalarType.Byte ? indices.ndim : 1);
        }

        private static Tensor Replace(Tensor old, Tensor next)
        {
            old.Dispose();
            return next;
        }
    }
}
