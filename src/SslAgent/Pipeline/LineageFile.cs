using System.Text.Json;
using SslAgent.Learning.Planning;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// <c>lineage.json</c>: what a state directory was made for. Written once; weights, tokenizer and chance depend on it, so a configuration that
/// differs is refused rather than mixed in.
/// </summary>
internal sealed record LineageFile(string Id, DateTimeOffset CreatedAt, LearnerPlan Plan)
{
    /// <summary>The state directory's lineage, or null where none was begun.</summary>
    public static LineageFile? Read(IDisk disk, StateDirectory state)
    {
        if (AtomicFile.Read(disk, state.LineageFile) is not { } bytes) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
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
            writer.WriteEndObject();
        }

        AtomicFile.Write(disk, state.LineageFile, bytes.ToArray());
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
