using TorchSharp.Bridge;

namespace TorchSharp;

/// <summary>Elements by index or mask, and filling tensors with values or chance.</summary>
public static partial class torch
{
    public partial class Tensor
    {
        public Tensor gather(long dim, Tensor index) => Aten.gather.Call(this, dim, index);
        public Tensor scatter(long dim, Tensor index, Tensor src) => Aten.scatter_src.Call(this, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => Aten.scatter__src.Mutate(this, this, dim, index, src);
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Aten.scatter_add.Call(this, dim, index, src);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Aten.scatter_add_.Mutate(this, this, dim, index, src);
        public Tensor index_select(long dim, Tensor index) => Aten.index_select.Call(this, dim, index);
        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Aten.index_add.Call(this, dim, index, source, alpha);
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Aten.index_add_.Mutate(this, this, dim, index, source, alpha);
        public Tensor index_copy(long dim, Tensor index, Tensor source) => Aten.index_copy.Call(this, dim, index, source);
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => Aten.index_copy_.Mutate(this, this, dim, index, source);
        public Tensor index_fill(long dim, Tensor index, Scalar value) => Aten.index_fill_int_Scalar.Call(this, dim, index, value);
        public Tensor index_fill_(long dim, Tensor index, Scalar value) =>
            Aten.index_fill__int_Scalar.Mutate(this, this, dim, index, value);
        public Tensor masked_fill(Tensor mask, Scalar value) => Aten.masked_fill_Scalar.Call(this, mask, value);
        public Tensor masked_fill_(Tensor mask, Scalar value) => Aten.masked_fill__Scalar.Mutate(this, this, mask, value);
        public Tensor masked_select(Tensor mask) => Aten.masked_select.Call(this, mask);
        public Tensor take(Tensor index) => Aten.take.Call(this, index);
        public Tensor take_along_dim(Tensor indices, long dim) => Aten.take_along_dim.Call(this, indices, dim);
        public Tensor nonzero() => Aten.nonzero.Call(this);
        public Tensor argwhere() => Aten.argwhere.Call(this);

        public Tensor fill_(Scalar value) => Aten.fill__Scalar.Mutate(this, this, value);
        public Tensor zero_() => Aten.zero_.Mutate(this, this);
        public Tensor copy_(Tensor source, bool nonBlocking = false) => Aten.copy_.Mutate(this, this, source, nonBlocking);

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) =>
            Aten.normal_.Mutate(this, this, mean, std, generator);
        public Tensor uniform_(double from, double to, Generator? generator = null) =>
            Aten.uniform_.Mutate(this, this, from, to, generator);
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => Aten.bernoulli__float.Mutate(this, this, p, generator);
        public Tensor bernoulli_(Tensor p, Generator? generator = null) => Aten.bernoulli__Tensor.Mutate(this, this, p, generator);
        public Tensor random_(double from, double to, Generator? generator = null) =>
            Aten.random__from.Mutate(this, this, (long)from, (long)to, generator);
        public Tensor exponential_(double lambda = 1, Generator? generator = null) =>
            Aten.exponential_.Mutate(this, this, lambda, generator);
        public Tensor bernoulli(Generator? generator = null) => Aten.bernoulli.Call(this, generator);
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            Aten.multinomial.Call(this, num_samples, replacement, generator);
    }
}
