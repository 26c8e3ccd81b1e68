using System.Text.Json;
using System.Text.Json.Serialization;

namespace SslAgent.Objectives;

/// <summary>A method, measured at the end of one of its budgets.</summary>
/// <param name="Budget"><c>samples</c>, <c>seconds</c>, or <c>none</c> for what is not trained.</param>
/// <param name="Linear">Share of right answers of a linear probe on frozen features.</param>
/// <param name="Neighbours">The same of the five nearest by cosine.</param>
/// <param name="EffectiveRank">RankMe of the test features; null where there are none of a network.</param>
/// <param name="HeldOut">Its own loss on test pictures, and what knowing nothing costs; null where it has none.</param>
internal sealed record Mark(string Budget, long Samples, double Seconds, double Linear, double Neighbours, double? EffectiveRank, double? HeldOut, double? Trivial);

/// <summary>All that one method's run measured. One file.</summary>
/// <param name="Configuration">What the run depends on besides the sources; a run under another is done again.</param>
/// <param name="PeakBytes">Most memory that its process held.</param>
internal sealed record MethodRecord(string Method, string Configuration, string Commit, int Train, int Test, long PeakBytes, IReadOnlyList<Mark> Marks)
{
    public Mark? At(string budget) => Marks.FirstOrDefault(mark => mark.Budget == budget) ?? Marks.FirstOrDefault(mark => mark.Budget == "none");

    public static MethodRecord? Find(string folder, string method)
    {
        string file = Path.Combine(folder, $"{method}.json");
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), MethodJson.Default.MethodRecord) : null;
        }
        catch (JsonException)
        {
            return null; // Another release wrote it.
        }
    }

    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, $"{Method}.json");
        File.WriteAllBytes(file + ".tmp", JsonSerializer.SerializeToUtf8Bytes(this, MethodJson.Default.MethodRecord));
        File.Move(file + ".tmp", file, overwrite: true);
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MethodRecord))]
internal sealed partial class MethodJson : JsonSerializerContext;
