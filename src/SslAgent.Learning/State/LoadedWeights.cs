using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.State;

/// <summary>A stored version's served weights, for whoever only computes forward.</summary>
internal static class LoadedWeights
{
    /// <summary>The caller disposes what it gets.</summary>
    public static Weights Load(IStoredModel stored, ModelPlan model, Device device, ComputeDtype dtype)
    {
        using var scope = NewDisposeScope();
        ParameterLayout layout = ObjectiveRegistry.Layout(model, ObjectiveRegistry.Standard);
        Tensor flat = zeros(layout.Count, device: device);
        StoredWeights.Fill(flat, StoredWeights.Flatten(stored.ReadModel(), layout, stored.Manifest.Version));
        return new Weights(layout, dtype == ComputeDtype.Bf16 ? flat.to_type(ScalarType.BFloat16) : flat, gradients: null);
    }
}
