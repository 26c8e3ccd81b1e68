using TorchSharp.Bridge;

namespace TorchSharp;

/// <summary>Factories beside the plain sizes: ranges, chance, tensors like another.</summary>
public static partial class torch
{
    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Like(Aten.empty_like, input, dtype, device, requires_grad);

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Like(Aten.zeros_like, input, dtype, device, requires_grad);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Like(Aten.ones_like, input, dtype, device, requires_grad);

    public static Tensor rand_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Like(Aten.rand_like, input, dtype, device, requires_grad);

    public static Tensor randn_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Like(Aten.randn_like, input, dtype, device, requires_grad);

    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Grad(Aten.full_like.Call(input, value, dtype, Arg.None, device), requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Grad(Aten.arange_start_step.Call(start, stop, step, dtype, Arg.None, device ?? DefaultDevice), requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Grad(Aten.linspace.Call((Scalar)start, (Scalar)end, steps, dtype ?? DefaultType, Arg.None, device ?? DefaultDevice), requires_grad);

    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Grad(Aten.eye_m.Call(rows, columns < 0 ? rows : columns, dtype ?? DefaultType, Arg.None, device ?? DefaultDevice), requires_grad);

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Grad(Aten.randint_low_generator.Call(low, high, size, generator, dtype ?? ScalarType.Int64, Arg.None, device ?? DefaultDevice),
            requires_grad);

    public static Tensor randint(long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        randint(0, high, size.Shape, dtype, device, requires_grad, generator, names);

    public static Tensor randint(long low, long high, Size size, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(low, high, size.Shape, dtype, device, requires_grad, generator, names);

    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null) =>
        Grad(Aten.randperm_generator.Call(n, generator, dtype ?? ScalarType.Int64, Arg.None, device ?? DefaultDevice), requires_grad);

    public static Tensor normal(double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Grad(Aten.normal_float_float.Call(mean, std, size.ToArray(), generator, dtype ?? DefaultType, Arg.None, device ?? DefaultDevice),
            requires_grad);

    public static Tensor bernoulli(Tensor input, Generator? generator = null) => input.bernoulli(generator);

    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) =>
        input.multinomial(num_samples, replacement, generator);

    private static Tensor Make(Op op, long[] size, ScalarType? dtype, Device? device, bool requiresGrad) =>
        Grad(op.Call(size, dtype ?? DefaultType, Arg.None, device ?? DefaultDevice), requiresGrad);

    private static Tensor Draw(Op plain, Op keyed, long[] size, ScalarType? dtype, Device? device, bool requiresGrad,
        Generator? generator) =>
        generator is null
            ? Make(plain, size, dtype, device, requiresGrad)
            : Grad(keyed.Call(size, generator, dtype ?? DefaultType, Arg.None, device ?? DefaultDevice), requiresGrad);

    private static Tensor Full(long[] size, Scalar value, ScalarType? dtype, Device? device, bool requiresGrad) =>
        Grad(Aten.full.Call(size, value, dtype ?? (value.Tag == Tag.Int ? ScalarType.Int64 : DefaultType), Arg.None,
            device ?? DefaultDevice), requiresGrad);

    private static Tensor Like(Op op, Tensor input, ScalarType? dtype, Device? device, bool requiresGrad) =>
        Grad(op.Call(input, dtype, Arg.None, device), requiresGrad);

    private static Tensor Grad(Tensor made, bool requiresGrad) => requiresGrad ? made.requires_grad_() : made;
}
