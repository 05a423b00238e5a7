namespace System.Runtime.CompilerServices;

/// <summary>What the compiler looks for when it emits init-only properties; netstandard2.0 lacks it.</summary>
internal static class IsExternalInit;
