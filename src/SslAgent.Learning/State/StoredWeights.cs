using System.Text.Json;
using SslAgent.Domain;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.State;

/// <summary>Reads a stored version's tensors and files, naming version and value wherever something does not fit.</summary>
internal static class StoredWeights
{
    /// <summary>What one processor copies at a time.</summary>
    private const int CopyBytes = 8 << 20;

    /// <summary>All parameters of the layout as one flat array of bytes, fp32, gaps zero.</summary>
    public static byte[] Flatten(IReadOnlyDictionary<string, TensorBytes> tensors, ParameterLayout layout, ModelVersion version)
    {
        var flat = new byte[checked(layout.Count * sizeof(float))];
        Overlay(flat, tensors, layout.Slots, version);
        return flat;
    }

    /// <summary>Puts stored parameters into a flat array of bytes, fp32.</summary>
    public static void Overlay(byte[] flat, IReadOnlyDictionary<string, TensorBytes> tensors, IEnumerable<ParameterSlot> slots, ModelVersion version)
    {
        foreach (ParameterSlot slot in slots)
        {
            TensorBytes stored = Require(tensors, slot.Spec.Name, slot.Spec.Shape, version);
            stored.Data.Span.CopyTo(flat.AsSpan(checked((int)(slot.Offset * sizeof(float)))));
        }
    }

    /// <summary>One fp32 tensor of exactly this shape.</summary>
    public static TensorBytes Require(IReadOnlyDictionary<string, TensorBytes> tensors, string name, IReadOnlyList<long> shape, ModelVersion version)
    {
        if (!tensors.TryGetValue(name, out TensorBytes? stored))
            throw new ModelStateException($"version {version} has no tensor '{name}'");
        if (stored.Element != TensorElement.F32 || !stored.Shape.SequenceEqual(shape))
        {
            throw new ModelStateException(
                $"version {version}: '{name}' is {stored.Element} [{string.Join(", ", stored.Shape)}], not F32 [{string.Join(", ", shape)}]");
        }

        return stored;
    }

    public static T ReadJson<T>(IStoredModel stored, string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        ModelVersion version = stored.Manifest.Version;
        byte[] file = stored.ReadFile(name) ?? throw new ModelStateException($"version {version} has no file '{name}'");
        try
        {
            return JsonSerializer.Deserialize(file, type) ?? throw new ModelStateException($"version {version}: '{name}' is null");
        }
        catch (JsonException fault)
        {
            throw new ModelStateException($"version {version}: '{name}' cannot be read: {fault.Message}");
        }
    }

    public static ModelDescription ReadDescription(IStoredModel stored) =>
        ReadJson(stored, ModelDescription.FileName, PlanJson.Default.ModelDescription);

    /// <summary>Fills a flat fp32 tensor, on whatever device, from host bytes.</summary>
    public static void Fill(Tensor flat, ReadOnlySpan<byte> bytes)
    {
        if (flat.device_type == TorchSharp.DeviceType.CPU)
        {
            bytes.CopyTo(flat.bytes);
            return;
        }

        using var scope = NewDisposeScope();
        Tensor host = empty(flat.shape[0], dtype: ScalarType.Float32);
        bytes.CopyTo(host.bytes);
        flat.copy_(host);
    }

    /// <summary>Copies a flat fp32 tensor to host bytes, by all processors: training waits for it.</summary>
    public static void Read(Tensor flat, byte[] bytes)
    {
        using var scope = NewDisposeScope();
        Tensor host = flat.cpu();
        Parallel.For(0, (bytes.Length + CopyBytes - 1) / CopyBytes, part =>
        {
            int from = part * CopyBytes, count = Math.Min(CopyBytes, bytes.Length - from);
            host.bytes.Slice(from, count).CopyTo(bytes.AsSpan(from, count));
        });
    }
}
