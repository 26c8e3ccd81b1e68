using System.Text.Json;
using System.Text.Json.Serialization;

namespace SslAgent.Domain;

/// <summary>A number that counts something, as a bare number.</summary>
public abstract class NumberJson<T> : JsonConverter<T>
    where T : struct
{
    public sealed override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) && Of(number) is { } id
            ? id
            : throw new JsonException($"no {typeof(T).Name}");

    public sealed override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteNumberValue(NumberOf(value));

    /// <summary>The id, or null where the number is out of range.</summary>
    protected abstract T? Of(long number);

    protected abstract long NumberOf(T value);
}

public sealed class CycleNumberJson : NumberJson<CycleNumber>
{
    protected override CycleNumber? Of(long number) => number is > 0 and <= int.MaxValue ? new CycleNumber((int)number) : null;

    protected override long NumberOf(CycleNumber value) => value.Value;
}

public sealed class StepNumberJson : NumberJson<StepNumber>
{
    protected override StepNumber? Of(long number) => number is >= 0 and <= int.MaxValue ? new StepNumber((int)number) : null;

    protected override long NumberOf(StepNumber value) => value.Value;
}
