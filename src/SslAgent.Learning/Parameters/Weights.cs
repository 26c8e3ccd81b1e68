using static TorchSharp.torch;

namespace SslAgent.Learning.Parameters;

/// <summary>
/// Named views of one flat tensor: what the towers compute with. Towers keep the views, so refilling the flat tensor is all
/// that a change of weights takes. Whoever made it disposes it; used by one thread at a time.
/// </summary>
internal sealed class Weights : IDisposable
{
    private readonly Dictionary<string, Tensor> _views = new(StringComparer.Ordinal);

    /// <param name="flat">All weights [layout.Count], in the dtype and on the device to compute with. Owned from here on.</param>
    /// <param name="gradients">Where backward adds the gradients [layout.Count], or null for weights that are not trained. Not owned.</param>
    public Weights(ParameterLayout layout, Tensor flat, Tensor? gradients)
    {
        Shape.Require(flat, "flat weights", layout.Count);
        Layout = layout;
        Flat = flat.DetachFromDisposeScope();
        using var scope = NewDisposeScope();
        foreach (ParameterSlot slot in layout.Slots)
        {
            Tensor view = View(flat, slot).detach();
            if (gradients is not null)
            {
                view.requires_grad = true;
                view.grad = View(gradients, slot);
            }

            _views.Add(slot.Spec.Name, view.DetachFromDisposeScope());
        }
    }

    public ParameterLayout Layout { get; }

    /// <summary>[Layout.Count].</summary>
    public Tensor Flat { get; }

    public ScalarType Dtype => Flat.dtype;

    public Device Device => Flat.device;

    public Tensor this[string name] => _views[name];

    public void Dispose()
    {
        foreach (Tensor view in _views.Values) view.Dispose();
        Flat.Dispose();
    }

    private static Tensor View(Tensor flat, ParameterSlot slot) => flat.narrow(0, slot.Offset, slot.Spec.Count).view([.. slot.Spec.Shape]);
}
