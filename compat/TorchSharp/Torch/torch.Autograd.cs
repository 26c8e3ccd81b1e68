using System.Runtime.InteropServices;
using TorchSharp.Bridge;

namespace TorchSharp;

/// <summary>Gradients. Every tensor list stays reachable until the native call returned.</summary>
public static partial class torch
{
    public static partial class autograd
    {
        public static unsafe IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var found = new nint[inputs.Count];
            fixed (nint* outs = Handles(outputs), ins = Handles(inputs), seeds = Seeds(grad_outputs, outputs.Count), results = found)
            {
                var code = Native.sat_grad(outs, outputs.Count, ins, inputs.Count, seeds, Flag(retain_graph), Flag(create_graph),
                    Flag(allow_unused), results);
                GC.KeepAlive(outputs);
                GC.KeepAlive(inputs);
                GC.KeepAlive(grad_outputs);
                Failure.Check(code);
            }
            return Array.ConvertAll(found, handle => handle == 0 ? null! : Tensor.Wrap(handle));
        }

        public static unsafe void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor>? inputs = null)
        {
            var only = inputs ?? [];
            fixed (nint* roots = Handles(tensors), seeds = Seeds(grad_tensors, tensors.Count), leaves = Handles(only))
            {
                var code = Native.sat_backward(roots, tensors.Count, seeds, Flag(retain_graph ?? create_graph), Flag(create_graph), leaves,
                    only.Count);
                GC.KeepAlive(tensors);
                GC.KeepAlive(grad_tensors);
                GC.KeepAlive(only);
                Failure.Check(code);
            }
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        private static int Flag(bool value) => value ? 1 : 0;

        private static nint[] Handles(IList<Tensor> tensors)
        {
            var handles = new nint[tensors.Count];
            for (var i = 0; i < handles.Length; i++)
            {
                handles[i] = tensors[i].Handle;
            }
            return handles;
        }

        /// <summary>Null where no gradients are given: each output then starts from one.</summary>
        private static nint[]? Seeds(IList<Tensor>? seeds, int count)
        {
            if (seeds is null || seeds.Count == 0)
            {
                return null;
            }
            if (seeds.Count != count)
            {
                throw new ExternalException($"{seeds.Count} gradients were given for {count} tensors.");
            }
            var handles = new nint[count];
            for (var i = 0; i < count; i++)
            {
                handles[i] = seeds[i] is { } seed ? seed.Handle : 0;
            }
            return handles;
        }
    }
}
