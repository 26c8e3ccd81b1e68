using System.CommandLine;
using SslAgent.Checkpoints;
using SslAgent.Commands.Printing;
using SslAgent.Domain;

namespace SslAgent.Commands.Versions;

/// <summary>
/// <c>sslagent checkpoints verify [VERSION…]</c>: reads every byte and compares it with the manifests. Exit code 1 where anything is
/// damaged.
/// </summary>
internal static class VerifyVersions
{
    public static Command Build()
    {
        Command command = new("verify", "Compares all bytes of versions with their manifests; exits 1 and names every file that differs");
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        Argument<string[]> which = new("VERSION") { Description = "v41, HEAD, SERVING; all where none is given", Arity = ArgumentArity.ZeroOrMore };
        command.Arguments.Add(which);
        command.Options.Add(format);
        command.SetAction((parsed, cancellation) =>
        {
            VersionStore store = StoreOpening.OpenToRead(settings, parsed);
            VerifiedVersion[] verified = [.. Wanted(store, parsed.GetValue(which) ?? []).Select(version => Verify(store, version, cancellation))];
            Answer.Print(parsed, format, verified, VersionsJson.Default.VerifiedVersionArray, output => Tell(output, verified));
            return Task.FromResult(verified.All(version => version.Sound) ? ExitCode.Ok : ExitCode.Failed);
        });
        return command;
    }

    /// <summary>Those named, or all: also the ones that are too damaged to be listed.</summary>
    private static IEnumerable<ModelVersion> Wanted(VersionStore store, string[] names)
    {
        if (names.Length == 0)
        {
            IEnumerable<ModelVersion> unlisted = store.Findings.Select(finding => finding.Version).OfType<ModelVersion>();
            return store.List().Select(manifest => manifest.Version).Union(unlisted).Order();
        }

        return names.Select(name => VersionChoice.Read(name)?.In(store)
            ?? throw new CommandException(ExitCode.Usage, $"'{name}' is no version: write v41, HEAD or SERVING"));
    }

    private static VerifiedVersion Verify(VersionStore store, ModelVersion version, CancellationToken cancellation)
    {
        VerifyReport report = store.Verify(version, cancellation);
        return new VerifiedVersion(version, report.IsSound, report.Bytes, report.Damages);
    }

    private static void Tell(TextWriter output, VerifiedVersion[] verified)
    {
        foreach (VerifiedVersion version in verified)
        {
            output.WriteLine(version.Sound ? $"{version.Version}: sound, {Tables.Bytes(version.Bytes)}" : $"{version.Version}: DAMAGED");
            foreach (FileDamage damage in version.Damages) output.WriteLine($"  {damage.File}: {damage.Detail}");
        }

        int damaged = verified.Count(version => !version.Sound);
        output.WriteLine(damaged == 0 ? $"{verified.Length} versions, all sound" : $"{damaged} of {verified.Length} versions are damaged");
    }
}
