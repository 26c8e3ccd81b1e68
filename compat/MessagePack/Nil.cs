namespace MessagePack;

/// <summary>The one value of the nil type.</summary>
public readonly record struct Nil
{
    public static readonly Nil Default;

    public override string ToString() => "()";
}
