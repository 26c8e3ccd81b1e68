using System.Text.Json;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Picturing;

namespace SslAgent.Demo;

/// <summary>What stays of a demo: the contact sheet as PNG and the figures as JSON (fields as in docs/demo.md).</summary>
internal static class DemoReport
{
    private const int SheetZoom = 2;

    public static void Write(DemoFolder folder, DemoResult result, IReadOnlyList<VersionManifest> versions, RollbackEffect? rollback, IFrameCodec codec)
    {
        if (MatrixPicture.Draw(result.Matrix) is { } matrix) File.WriteAllBytes(folder.Matrix, codec.EncodePng(matrix));
        if (result.Rows.Count > 0)
        {
            Frame sheet = ContactSheet.Compose(
                [[.. result.Rows.Select(row => row.Original)], [.. result.Rows.Select(row => row.Masked)], [.. result.Rows.Select(row => row.Reconstructed)]], SheetZoom);
            File.WriteAllBytes(folder.ContactSheet, codec.EncodePng(sheet));
        }

        using FileStream file = File.Create(folder.Report);
        using Utf8JsonWriter json = new(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("examined", result.Examined.ToString());
        WriteObjectives(json, result);
        WriteRetrieval(json, result);
        WriteEras(json, result);
        WriteForgetting(json, result);
        WriteVersions(json, versions);
        if (rollback is not null) json.WriteString("rollback", rollback.Summary);
        json.WriteBoolean("targetsReached", result.Targets().All(target => target.Reached));
        json.WriteEndObject();
    }

    private static void WriteObjectives(Utf8JsonWriter json, DemoResult result)
    {
        json.WriteStartArray("objectives");
        foreach (ObjectiveResult objective in result.Objectives)
        {
            json.WriteStartObject();
            json.WriteString("name", objective.Name);
            json.WriteNumber("lossBefore", objective.Before);
            json.WriteNumber("lossAfter", objective.After);
            json.WriteNumber("trivialLoss", objective.Trivial);
            json.WriteNumber("gain", objective.Gain);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRetrieval(Utf8JsonWriter json, DemoResult result)
    {
        if (result.Retrieval is not { } found) return;
        json.WriteStartObject("retrieval");
        json.WriteNumber("pool", found.Pool);
        json.WriteNumber("recallAt1", found.RecallAt1);
        json.WriteNumber("recallAt10", found.RecallAt10);
        json.WriteNumber("recallAt10Untrained", result.RetrievalBefore?.RecallAt10 ?? found.Chance);
        json.WriteNumber("chanceAt10", found.Chance);
        json.WriteEndObject();
    }

    private static void WriteEras(Utf8JsonWriter json, DemoResult result)
    {
        json.WriteStartArray("eras");
        foreach (EraResult era in result.Eras)
        {
            json.WriteStartObject();
            json.WriteString("era", era.Era);
            json.WriteString("objective", era.Objective);
            json.WriteNumber("lossFirst", era.First);
            json.WriteNumber("lossBest", era.Best);
            json.WriteNumber("lossLast", era.Last);
            json.WriteNumber("forgotten", era.Forgotten);
            json.WriteNumber("sentinels", era.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteForgetting(Utf8JsonWriter json, DemoResult result)
    {
        json.WriteStartArray("forgetting");
        foreach (MatrixSummary row in result.Matrix.Summaries())
        {
            json.WriteStartObject();
            json.WriteString("objective", row.Objective);
            if (row.Forgetting is { } forgetting) json.WriteNumber("averageForgetting", forgetting);
            if (row.BackwardTransfer is { } backward) json.WriteNumber("backwardTransfer", backward);
            if (row.ForwardTransfer is { } forward) json.WriteNumber("forwardTransfer", forward);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteVersions(Utf8JsonWriter json, IReadOnlyList<VersionManifest> versions)
    {
        json.WriteStartArray("versions");
        foreach (VersionManifest manifest in versions.OrderBy(manifest => manifest.Version))
        {
            json.WriteStartObject();
            json.WriteString("version", manifest.Version.ToString());
            json.WriteString("kind", manifest.Kind.ToString().ToLowerInvariant());
            json.WriteString("verdict", manifest.Verdict.Kind.ToString().ToLowerInvariant());
            json.WriteNumber("steps", manifest.StepsDone);
            if (manifest.RolledBackTo is { } to) json.WriteString("rolledBackTo", to.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
