namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>A tensor that is trained. Takes over the handle of data, which is empty afterwards, and its place in its scope.</summary>
    public class Parameter : torch.Tensor
    {
        public Parameter(torch.Tensor data, bool requires_grad = true) : this(data, data.requires_grad_(requires_grad).OwningDisposeScope)
        {
        }

        private Parameter(torch.Tensor data, DisposeScope? scope) : base(data.MoveHandle(), register: false) => scope?.Replace(data, this);
    }
}
