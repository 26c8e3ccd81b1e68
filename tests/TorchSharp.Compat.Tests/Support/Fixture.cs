using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests.Support;

/// <summary>
/// PyTorch's values, from tests/fixtures/torch/ops.safetensors (made by tests/fixtures/make_torch_fixtures.py). Each read makes a tensor of its
/// own in the current scope.
/// </summary>
internal static class Fixture
{
    private static readonly byte[] File = System.IO.File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "fixtures",
        "ops.safetensors"));
    private static readonly int DataStart = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(File);
    private static readonly JsonElement Header = JsonDocument.Parse(File.AsMemory(8, DataStart - 8)).RootElement;

    public static Tensor Read(string name)
    {
        var entry = Header.GetProperty(name);
        var shape = entry.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()).ToArray();
        var from = entry.GetProperty("data_offsets")[0].GetInt32();
        var to = entry.GetProperty("data_offsets")[1].GetInt32();
        var made = empty(shape, TypeOf(entry.GetProperty("dtype").GetString()!));
        made.bytes = File.AsSpan(DataStart + from, to - from);
        return made;
    }

    private static ScalarType TypeOf(string name) => name switch
    {
        "F32" => ScalarType.Float32,
        "F64" => ScalarType.Float64,
        "BF16" => ScalarType.BFloat16,
        "I64" => ScalarType.Int64,
        "BOOL" => ScalarType.Bool,
        "U8" => ScalarType.Byte,
        _ => throw new InvalidDataException($"The fixture has no type {name}."),
    };
}
