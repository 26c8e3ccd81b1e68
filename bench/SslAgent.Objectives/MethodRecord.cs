using System.Text.Json;
using System.Text.Json.Serialization;

namespace SslAgent.Objectives;

/// <summary>A method, measured at the end of one of its budgets.</summary>
/// <param name="Budget"><c>samples</c>, <c>seconds</c>, or <c>none</c> for what is not trained.</param>
/// <param name="Linear">A linear probe's answers about frozen features, in order: 1 right, 0 wrong.</param>
/// <param name="Neighbours">The same of the five nearest by cosine.</param>
/// <param name="EffectiveRank">RankMe of the test features; null where there are none of a network.</param>
/// <param name="HeldOut">Its own loss on what it never saw, and what knowing nothing costs; null where it has none.</param>
/// <param name="Retrieval">Where frames and texts share a space, how they find each other; else null.</param>
internal sealed record Mark(
    string Budget, long Samples, double Seconds, string Linear, string Neighbours, double? EffectiveRank, double? HeldOut, double? Trivial, RecallMarks? Retrieval)
{
    public static double Share(string answers) => answers.Count(answer => answer == '1') / (double)answers.Length;
}

/// <summary>Shares of queries whose partner is the first, or among the first ten.</summary>
internal sealed record RecallMarks(double TextToFrame1, double TextToFrame10, double FrameToText1, double FrameToText10);

/// <summary>All that one method's run measured. One file.</summary>
/// <param name="Method">Its id.</param>
/// <param name="Configuration">What the run depends on besides the sources; a run under another is done again.</param>
/// <param name="PeakBytes">Most memory that its process held; null where other methods shared the process.</param>
internal sealed record MethodRecord(string Method, string Configuration, string Commit, int Train, int Test, long? PeakBytes, IReadOnlyList<Mark> Marks)
{
    public Mark? At(string budget) => Marks.FirstOrDefault(mark => mark.Budget == budget) ?? Marks.FirstOrDefault(mark => mark.Budget == "none");

    public static MethodRecord? Find(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), MethodJson.Default.MethodRecord) : null;
        }
        catch (JsonException)
        {
            return null; // Another release wrote it.
        }
    }

    public void Save(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file) ?? ".");
        File.WriteAllBytes(file + ".tmp", JsonSerializer.SerializeToUtf8Bytes(this, MethodJson.Default.MethodRecord));
        File.Move(file + ".tmp", file, overwrite: true);
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MethodRecord))]
internal sealed partial class MethodJson : JsonSerializerContext;
