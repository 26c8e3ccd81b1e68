using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Bridge;

/// <summary>
/// One ATen operator, found in PyTorch's dispatcher on first use. Arguments that the caller leaves out at the end take the
/// schema's defaults. Everything but the result's wrapper lives on the stack; the arguments stay rooted until the call returned.
/// </summary>
internal sealed unsafe class Op(string name, string overload = "")
{
    /// <summary>More scratch words than this come from the heap (only calls with very long lists).</summary>
    private const int StackWordsMax = 512;

    private nint handle;

    /// <summary>False where this libtorch has no such operator.</summary>
    public bool Exists => handle != 0 || TryResolve();

    public torch.Tensor Call(params ReadOnlySpan<Arg> args)
    {
        Value result;
        Invoke(args, &result, 1);
        return Wrap(result);
    }

    /// <summary>For operators that may return no tensor (an undefined one).</summary>
    public torch.Tensor? CallOrNull(params ReadOnlySpan<Arg> args)
    {
        Value result;
        Invoke(args, &result, 1);
        return (Tag)result.Tag == Tag.None ? null : Wrap(result);
    }

    public (torch.Tensor, torch.Tensor) Call2(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc Value[2];
        Invoke(args, results, 2);
        return (Wrap(results[0]), Wrap(results[1]));
    }

    public (torch.Tensor, torch.Tensor, torch.Tensor) Call3(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc Value[3];
        Invoke(args, results, 3);
        return (Wrap(results[0]), Wrap(results[1]), Wrap(results[2]));
    }

    public torch.Tensor[] CallList(params ReadOnlySpan<Arg> args)
    {
        Value result;
        Invoke(args, &result, 1);
        var handles = new ReadOnlySpan<nint>((void*)(nint)result.Bits, result.Count);
        var tensors = new torch.Tensor[handles.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = torch.Tensor.Wrap(handles[i]);
        }
        Native.sat_list_free((nint)result.Bits);
        return tensors;
    }

    public bool CallBool(params ReadOnlySpan<Arg> args)
    {
        Value result;
        Invoke(args, &result, 1);
        return result.Bits != 0;
    }

    /// <summary>An operator that returns a number: int, double or bool, as a scalar.</summary>
    public Scalar CallScalar(params ReadOnlySpan<Arg> args)
    {
        Value result;
        Invoke(args, &result, 1);
        return Scalar.FromNative(result);
    }

    /// <summary>An operator called for what it does to <paramref name="self"/>, which it hands back: no new wrapper.</summary>
    public torch.Tensor Mutate(torch.Tensor self, params ReadOnlySpan<Arg> args)
    {
        Invoke(args, null, 0);
        return self;
    }

    private static torch.Tensor Wrap(in Value value)
    {
        if ((Tag)value.Tag != Tag.Tensor)
        {
            throw new ExternalException("The operator returned no tensor.");
        }
        return torch.Tensor.Wrap((nint)value.Bits);
    }

    [SkipLocalsInit]
    private void Invoke(ReadOnlySpan<Arg> args, Value* results, int resultCount)
    {
        var op = handle != 0 ? handle : Resolve();
        var words = 0;
        foreach (ref readonly var arg in args)
        {
            words += arg.ScratchWords;
        }
        if (words > StackWordsMax)
        {
            InvokeWithHeapScratch(op, args, words, results, resultCount);
            return;
        }
        var scratch = stackalloc long[StackWordsMax];
        Invoke(op, args, scratch, results, resultCount);
    }

    private static void InvokeWithHeapScratch(nint op, ReadOnlySpan<Arg> args, int words, Value* results, int resultCount)
    {
        fixed (long* scratch = new long[words])
        {
            Invoke(op, args, scratch, results, resultCount);
        }
    }

    [SkipLocalsInit]
    private static void Invoke(nint op, ReadOnlySpan<Arg> args, long* scratch, Value* results, int resultCount)
    {
        var values = stackalloc Value[args.Length];
        for (var i = 0; i < args.Length; i++)
        {
            Marshal(in args[i], values + i, ref scratch);
        }
        var code = Native.sat_op_call(op, values, args.Length, results, resultCount);
        Root(args);
        Failure.Check(code);
    }

    private static void Marshal(in Arg arg, Value* value, ref long* scratch)
    {
        value->Tag = (int)arg.Tag;
        value->Count = arg.Count;
        value->Bits = arg.Bits;
        switch (arg.Tag)
        {
            case Tag.Tensor:
                value->Bits = Unsafe.As<torch.Tensor>(arg.Reference!).Handle;
                break;
            case Tag.Generator:
                value->Bits = Unsafe.As<torch.Generator>(arg.Reference!).Handle;
                break;
            case Tag.TensorList or Tag.IntList or Tag.DoubleList or Tag.String:
                CopyList(in arg, (byte*)scratch);
                value->Bits = (nint)scratch;
                scratch += arg.ScratchWords;
                break;
        }
    }

    private static void CopyList(in Arg arg, byte* target)
    {
        switch (arg.Reference)
        {
            case long[] numbers:
                numbers.CopyTo(new Span<long>(target, numbers.Length));
                break;
            case double[] numbers:
                numbers.CopyTo(new Span<double>(target, numbers.Length));
                break;
            case byte[] text:
                text.CopyTo(new Span<byte>(target, text.Length));
                break;
            case torch.Tensor?[] tensors:
                for (var i = 0; i < tensors.Length; i++)
                {
                    ((nint*)target)[i] = tensors[i] is { } tensor ? tensor.Handle : 0;
                }
                break;
        }
    }

    /// <summary>
    /// Does nothing, after the native call: the arguments' references lie in the caller's frame, and this use of them keeps every tensor
    /// reachable while native code reads through its bare handle.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Root(ReadOnlySpan<Arg> args)
    {
        foreach (ref readonly var arg in args)
        {
            GC.KeepAlive(arg.Reference);
        }
    }

    private nint Resolve()
    {
        Failure.Check(TryResolve() ? 0 : 1);
        return handle;
    }

    private bool TryResolve() => (handle = Native.sat_op_lookup("aten::" + name, overload)) != 0;
}
