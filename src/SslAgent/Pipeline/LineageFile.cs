using System.Globalization;
using System.Text;
using System.Text.Json;
using SslAgent.Learning.Planning;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// <c>lineage.json</c>: what a state directory was made for. Written once; weights, tokenizer and chance depend on it, so a configuration that
/// differs is refused rather than mixed in. A checksum over its three values, as they are written, tells a flipped bit; files of releases that
/// wrote none are read without.
/// </summary>
internal sealed record LineageFile(string Id, DateTimeOffset CreatedAt, LearnerPlan Plan)
{
    private const string Checksum = "crc32c";

    /// <summary>The state directory's lineage, or null where none was begun.</summary>
    public static LineageFile? Read(IDisk disk, StateDirectory state)
    {
        if (AtomicFile.Read(disk, state.LineageFile) is not { } bytes) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            if (root.TryGetProperty(Checksum, out JsonElement sum) && sum.GetString() != SumOf(root))
                throw new StateRefusedException($"{state.LineageFile} is damaged: its checksum is {sum.GetString()} and its content's {SumOf(root)}; restore that file");
            return new LineageFile(
                root.GetProperty("lineage").GetString() ?? throw new JsonException("lineage is null"),
                root.GetProperty("createdAt").GetDateTimeOffset(),
                LearnerPlan.FromJson(root.GetProperty("plan").GetRawText()));
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new StateRefusedException($"{state.LineageFile} cannot be read: {fault.Message}");
        }
    }

    public void Write(IDisk disk, StateDirectory state)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("lineage", Id);
            writer.WriteString("createdAt", CreatedAt);
            writer.WritePropertyName("plan");
            writer.WriteRawValue(Plan.ToJson());
            writer.Flush();
            using (JsonDocument written = JsonDocument.Parse((byte[])[.. bytes.ToArray(), (byte)'}'])) writer.WriteString(Checksum, SumOf(written.RootElement));
            writer.WriteEndObject();
        }

        AtomicFile.Write(disk, state.LineageFile, bytes.ToArray());
    }

    /// <summary>Over the values' own text: whatever a later release makes of the plan, the sum of a file stays the same.</summary>
    private static string SumOf(JsonElement root)
    {
        string values = $"{root.GetProperty("lineage").GetRawText()}\n{root.GetProperty("createdAt").GetRawText()}\n{root.GetProperty("plan").GetRawText()}";
        return Crc32C.Compute(Encoding.UTF8.GetBytes(values)).ToString("x8", CultureInfo.InvariantCulture);
    }

    /// <summary>Throws <see cref="StateRefusedException"/> with every differing value where a plan does not fit this lineage.</summary>
    public void RequireFits(LearnerPlan plan)
    {
        IReadOnlyList<string> conflicts = plan.ConflictsWith(Plan);
        if (conflicts.Count == 0) return;
        throw new StateRefusedException(
            $"the configuration does not fit the existing state (lineage {Id}):{string.Concat(conflicts.Select(conflict => $"{Environment.NewLine}  {conflict}"))}" +
            $"{Environment.NewLine}Change it back, choose another agent.stateDirectory, or start beside it with --new-lineage.");
    }
}

/// <summary>The state directory cannot be used as it is, with the reason for the operator. Exit code 3.</summary>
internal sealed class StateRefusedException(string message) : Exception(message);
