using System.CommandLine;
using SslAgent.Checkpoints;
using SslAgent.Domain;

namespace SslAgent.Commands.Versions;

/// <summary>
/// A version as a person names it: <c>v41</c>, <c>41</c>, <c>HEAD</c> (what training stands on) or <c>SERVING</c> (what is served).
/// </summary>
internal readonly record struct VersionChoice(ModelVersion? Number, bool IsServing)
{
    private const string Head = "HEAD", Serving = "SERVING";

    public static Argument<VersionChoice> Argument(string name = "VERSION", string description = "v41, HEAD (what training stands on) or SERVING (what is served)") =>
        new(name)
        {
            Description = description,
            CustomParser = result =>
            {
                if (Read(result.Tokens[0].Value) is { } choice) return choice;
                result.AddError($"'{result.Tokens[0].Value}' is no version: write v41, HEAD or SERVING");
                return default;
            },
        };

    public static Option<VersionChoice?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "VERSION",
        CustomParser = result =>
        {
            if (Read(result.Tokens[0].Value) is { } choice) return choice;
            result.AddError($"'{result.Tokens[0].Value}' is no version: write v41, HEAD or SERVING");
            return null;
        },
    };

    public static VersionChoice? Read(string text)
    {
        if (text.Equals(Head, StringComparison.OrdinalIgnoreCase)) return new VersionChoice(null, false);
        if (text.Equals(Serving, StringComparison.OrdinalIgnoreCase)) return new VersionChoice(null, true);
        return ModelVersion.TryParse(text, out ModelVersion version) ? new VersionChoice(version, false) : null;
    }

    /// <summary>The version that it names in this store. Throws where the pointer points nowhere yet.</summary>
    public ModelVersion In(VersionStore store) =>
        Number ?? (IsServing ? store.Serving : store.Head)
        ?? throw new CommandException(ExitCode.Refused, IsServing ? "nothing is served yet: no version was promoted" : "there is no version yet");
}
